"""The conversation that a test leads, held by pika.

Commands come as lines of JSON on the standard input, and what was seen leaves as lines of
JSON on the standard output: see ../talk.rs.
"""

import json
import logging
import sys
import threading

import pika
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByClient


def saw(what, **more):
    print(json.dumps({"saw": what, **more}), flush=True)


class Client:
    def __init__(self, url):
        parameters = pika.URLParameters(url)
        parameters.client_properties = {"connection_name": "orders"}
        self.unconfirmed = {}
        self.queue = None
        self.connection = pika.SelectConnection(
            parameters,
            on_open_callback=lambda _: self.open_channel(self.declare),
            on_open_error_callback=self.broken,
            on_close_callback=self.connection_closed,
        )
        self.connection.add_on_connection_blocked_callback(lambda *_: saw("blocked"))
        self.connection.add_on_connection_unblocked_callback(lambda *_: saw("unblocked"))

    def broken(self, _connection, error):
        sys.exit(f"no connection: {error!r}")

    def connection_closed(self, _connection, reason):
        if isinstance(reason, ConnectionClosedByClient):
            saw("closed", unconfirmed=sorted(self.unconfirmed.values()))
            self.connection.ioloop.stop()
        else:
            saw("connection-closed", code=getattr(reason, "reply_code", 0))

    # A channel in confirm mode.

    def open_channel(self, then=lambda: saw("channel-opened")):
        def opened(channel):
            self.channel = channel
            self.published = 0
            self.unconfirmed = {}
            channel.add_on_close_callback(self.channel_closed)
            channel.add_on_cancel_callback(lambda _: saw("cancelled"))
            channel.add_on_return_callback(self.returned)
            channel.add_callback(lambda _: saw("empty"), [pika.spec.Basic.GetEmpty], False)
            channel.confirm_delivery(self.confirmed, lambda _: then())

        self.connection.channel(on_open_callback=opened)

    def declare(self):
        def declared(answer):
            self.queue = answer.method.queue
            saw("open", queue=self.queue)

        self.channel.queue_declare("", exclusive=True, callback=declared)

    def channel_closed(self, _channel, reason):
        if isinstance(reason, ChannelClosedByBroker):
            saw("channel-closed", code=reason.reply_code)
        elif self.connection.is_open:
            saw("channel-gone")

    # Publishing.

    def publish(self, id, key=None, octets=0):
        self.published += 1
        self.unconfirmed[self.published] = id
        self.channel.basic_publish(
            "",
            self.queue if key is None else key,
            id.ljust(octets, ".").encode(),
            pika.BasicProperties(message_id=id),
            mandatory=True,
        )

    def returned(self, _channel, method, properties, _body):
        saw("returned", id=properties.message_id, code=method.reply_code)

    def confirmed(self, frame):
        """pika leaves the counting to its user, who can therefore hear a stray confirm."""
        method = frame.method
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self.unconfirmed if tag <= method.delivery_tag]
        for tag in tags:
            if tag not in self.unconfirmed:
                saw("stray-confirm", tag=tag)
                continue
            acked = isinstance(method, pika.spec.Basic.Ack)
            saw("confirm", id=self.unconfirmed.pop(tag), acked=acked)

    # Consuming.

    def consume(self, prefetch):
        def consume(_):
            self.channel.basic_consume(
                self.queue, self.delivered, callback=lambda _: saw("consuming")
            )

        self.channel.basic_qos(prefetch_count=prefetch, callback=consume)

    def delivered(self, _channel, method, properties, body):
        saw(
            "delivery",
            id=properties.message_id,
            octets=len(body),
            tag=method.delivery_tag,
            redelivered=method.redelivered,
        )

    def ack(self, tag, multiple):
        self.channel.basic_ack(tag, multiple)

    def requeue(self, tag, multiple):
        self.channel.basic_nack(tag, multiple, requeue=True)

    def get(self):
        self.channel.basic_get(self.queue, self.delivered)

    def ready(self):
        """How many messages are ready, asked on a channel of its own."""

        def ask(channel):
            def answered(answer):
                channel.close()
                saw("ready", messages=answer.method.message_count)

            channel.queue_declare(self.queue, passive=True, callback=answered)

        self.connection.channel(on_open_callback=ask)

    def close_channel(self):
        self.channel.close()

    def close(self):
        self.connection.close()

    def told(self, command):
        getattr(self, command.pop("do").replace("-", "_"))(**command)


def main():
    # What a broker closes is expected here, and reported.
    logging.disable(logging.CRITICAL)
    client = Client(sys.argv[1])
    loop = client.connection.ioloop

    def listen():
        for line in sys.stdin:
            command = json.loads(line)
            loop.add_callback_threadsafe(lambda command=command: client.told(command))
        loop.add_callback_threadsafe(loop.stop)

    threading.Thread(target=listen, daemon=True).start()
    loop.start()


main()
