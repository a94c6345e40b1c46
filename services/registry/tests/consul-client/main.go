// Consul's own Go client against a registry: register, pass, block, look up, deregister.
//
// Usage: consul-client http://127.0.0.1:8500. Exits with 1 and the reason at the first surprise.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/consul/api"
)

func main() {
	if len(os.Args) != 2 {
		fail("usage: consul-client URL")
	}
	client, err := api.NewClient(&api.Config{Address: os.Args[1]})
	check("a client", err)
	agent := client.Agent()

	check("register", register(agent, "orders-1"))
	passing(client, 0, "a check that has not passed yet")
	check("pass", agent.PassTTL("service:orders-1", "up"))
	index := passing(client, 1, "a check that passed")

	// A blocking query is woken by the second registration.
	registered := make(chan error, 1)
	go func() {
		err := register(agent, "orders-2")
		if err == nil {
			err = agent.UpdateTTL("service:orders-2", "up", api.HealthPassing)
		}
		registered <- err
	}()
	for passed := 1; passed < 2; {
		entries, meta, err := client.Health().Service("orders", "", true, &api.QueryOptions{WaitIndex: index, WaitTime: 20 * time.Second})
		check("block", err)
		if meta.LastIndex == index {
			fail("the blocking query was not woken")
		}
		index, passed = meta.LastIndex, len(entries)
	}
	check("register the second", <-registered)

	services, err := agent.Services()
	check("services", err)
	one := services["orders-1"]
	if one == nil || one.Service != "orders" || one.Port != 7001 || one.Meta["zone"] != "a" {
		fail("services are %v", services)
	}
	names, _, err := client.Catalog().Services(nil)
	check("catalogue", err)
	if len(names["orders"]) != 1 || names["orders"][0] != "v1" {
		fail("names are %v", names)
	}

	check("fail", agent.FailTTL("service:orders-2", "down"))
	passing(client, 1, "a check that failed")
	check("deregister", agent.ServiceDeregister("orders-1"))
	passing(client, 0, "a service that deregistered")
	if err := agent.PassTTL("service:orders-1", ""); err == nil {
		fail("a check of nobody passed")
	}
	fmt.Println("ok")
}

func register(agent *api.Agent, id string) error {
	return agent.ServiceRegister(&api.AgentServiceRegistration{
		ID:      id,
		Name:    "orders",
		Address: "127.0.0.1",
		Port:    7001,
		Tags:    []string{"v1"},
		Meta:    map[string]string{"zone": "a"},
		Check:   &api.AgentServiceCheck{TTL: "30s", DeregisterCriticalServiceAfter: "1m"},
	})
}

// passing expects a number of healthy instances and answers the index of their newest change.
func passing(client *api.Client, expected int, after string) uint64 {
	entries, meta, err := client.Health().Service("orders", "", true, nil)
	check("look up", err)
	if len(entries) != expected {
		fail("%d instances pass after %s, not %d", len(entries), after, expected)
	}
	for _, entry := range entries {
		if entry.Service.Address != "127.0.0.1" || entry.Checks.AggregatedStatus() != api.HealthPassing {
			fail("a healthy instance is %+v", entry)
		}
	}
	return meta.LastIndex
}

func check(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
