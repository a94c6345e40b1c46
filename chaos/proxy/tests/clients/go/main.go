// The conversation that a test leads, held by RabbitMQ's own Go client.
//
// Commands come as lines of JSON on the standard input, and what was seen leaves as lines of
// JSON on the standard output: see ../talk.rs.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"log"
	"os"
	"sort"
	"strings"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"
)

// More returned messages than any test has unconfirmed: the client's reader never waits here.
const returnsMax = 1024

type command struct {
	Do       string
	ID       string
	Key      *string
	Octets   int
	Prefetch int
	Tag      uint64
	Multiple bool
}

type report map[string]any

var output sync.Mutex

func saw(what string, more report) {
	line := report{"saw": what}
	for key, value := range more {
		line[key] = value
	}
	output.Lock()
	defer output.Unlock()
	must(json.NewEncoder(os.Stdout).Encode(line))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

type client struct {
	connection *amqp.Connection
	channel    *amqp.Channel
	queue      string
	returns    chan amqp.Return

	confirming  sync.Mutex
	unconfirmed map[string]bool
}

// Opens the connection, and a queue that ends with it.
func connect(url string) *client {
	config := amqp.Config{Properties: amqp.NewConnectionProperties()}
	config.Properties.SetClientConnectionName("orders")
	connection, err := amqp.DialConfig(url, config)
	must(err)
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	go func() {
		if reason := <-closed; reason != nil {
			saw("connection-closed", report{"code": reason.Code})
		}
	}()
	blockings := connection.NotifyBlocked(make(chan amqp.Blocking, 1))
	go func() {
		for blocking := range blockings {
			if blocking.Active {
				saw("blocked", nil)
			} else {
				saw("unblocked", nil)
			}
		}
	}()
	c := &client{connection: connection, unconfirmed: map[string]bool{}}
	c.open()
	queue, err := c.channel.QueueDeclare("", false, false, true, false, nil)
	must(err)
	c.queue = queue.Name
	saw("open", report{"queue": c.queue})
	return c
}

// A channel in confirm mode.
func (c *client) open() {
	channel, err := c.connection.Channel()
	must(err)
	must(channel.Confirm(false))
	c.channel = channel
	c.returns = channel.NotifyReturn(make(chan amqp.Return, returnsMax))
	closed := channel.NotifyClose(make(chan *amqp.Error, 1))
	go func() {
		if reason := <-closed; reason != nil {
			saw("channel-closed", report{"code": reason.Code})
		}
	}()
	cancelled := channel.NotifyCancel(make(chan string, 1))
	go func() {
		for range cancelled {
			saw("cancelled", nil)
		}
	}()
}

func (c *client) publish(said command) {
	key := c.queue
	if said.Key != nil {
		key = *said.Key
	}
	body := said.ID + strings.Repeat(".", max(0, said.Octets-len(said.ID)))
	c.confirming.Lock()
	c.unconfirmed[said.ID] = true
	c.confirming.Unlock()
	channel, returns := c.channel, c.returns
	confirm, err := channel.PublishWithDeferredConfirm("", key, true, false, amqp.Publishing{
		MessageId: said.ID,
		Body:      []byte(body),
	})
	must(err)
	go func() {
		acked := confirm.Wait()
		// A channel's end denies whatever is still open on it; that is no word of the broker.
		if !acked && channel.IsClosed() {
			return
		}
		c.confirming.Lock()
		defer c.confirming.Unlock()
		c.returned(returns)
		delete(c.unconfirmed, said.ID)
		saw("confirm", report{"id": said.ID, "acked": acked})
	}()
}

// A return comes before the confirm of its message.
func (c *client) returned(returns chan amqp.Return) {
	for {
		select {
		case returned, ok := <-returns:
			if !ok {
				return
			}
			saw("returned", report{"id": returned.MessageId, "code": returned.ReplyCode})
		default:
			return
		}
	}
}

func (c *client) consume(prefetch int) {
	must(c.channel.Qos(prefetch, 0, false))
	deliveries, err := c.channel.Consume(c.queue, "", false, false, false, false, nil)
	must(err)
	saw("consuming", nil)
	go func() {
		for delivery := range deliveries {
			sawDelivery(delivery)
		}
	}()
}

func sawDelivery(delivery amqp.Delivery) {
	saw("delivery", report{
		"id":          delivery.MessageId,
		"octets":      len(delivery.Body),
		"tag":         delivery.DeliveryTag,
		"redelivered": delivery.Redelivered,
	})
}

func (c *client) get() {
	delivery, ok, err := c.channel.Get(c.queue, false)
	must(err)
	if ok {
		sawDelivery(delivery)
	} else {
		saw("empty", nil)
	}
}

// How many messages are ready, asked on a channel of its own.
func (c *client) ready() {
	channel, err := c.connection.Channel()
	must(err)
	queue, err := channel.QueueDeclarePassive(c.queue, false, false, true, false, nil)
	must(err)
	must(channel.Close())
	saw("ready", report{"messages": queue.Messages})
}

func (c *client) close() {
	closing := c.connection.Close()
	if closing != nil && !errors.Is(closing, amqp.ErrClosed) {
		log.Fatal(closing)
	}
	c.confirming.Lock()
	defer c.confirming.Unlock()
	ids := []string{}
	for id := range c.unconfirmed {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	saw("closed", report{"unconfirmed": ids})
}

func main() {
	c := connect(os.Args[1])
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var said command
		must(json.Unmarshal(lines.Bytes(), &said))
		switch said.Do {
		case "publish":
			c.publish(said)
		case "consume":
			c.consume(said.Prefetch)
		case "ack":
			must(c.channel.Ack(said.Tag, said.Multiple))
		case "requeue":
			must(c.channel.Nack(said.Tag, said.Multiple, true))
		case "get":
			c.get()
		case "ready":
			c.ready()
		case "close-channel":
			must(c.channel.Close())
			saw("channel-gone", nil)
		case "open-channel":
			c.open()
			saw("channel-opened", nil)
		case "close":
			c.close()
			return
		default:
			log.Fatalf("no such command: %s", said.Do)
		}
	}
}
