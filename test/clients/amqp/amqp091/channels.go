package main

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func topology(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	check(channel.ExchangeDeclare("go.orders", "topic", true, false, false, false, amqp.Table{"alternate-exchange": "go.lost"}))
	check(channel.ExchangeDeclare("go.lost", "fanout", false, false, false, false, nil))
	check(channel.ExchangeDeclare("go.copies", "headers", false, true, true, false, nil))
	arguments := amqp.Table{"x-max-priority": 5, "x-message-ttl": int64(60000)}
	_, err := channel.QueueDeclare("go.eu", true, false, false, false, arguments)
	check(err)
	rest, big := own(channel, nil), own(channel, nil)
	check(channel.QueueBind("go.eu", "eu.#", "go.orders", false, nil))
	check(channel.QueueBind(rest, "", "go.lost", false, nil))
	check(channel.QueueBind(big, "", "go.copies", false, amqp.Table{"x-match": "all", "size": "big", "n": int32(1)}))
	check(channel.ExchangeBind("go.copies", "*.shirts", "go.orders", false, nil))
	check(channel.Confirm(false))
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation, 1))
	send := func(exchange, key string, message amqp.Publishing) {
		publish(channel, exchange, key, message)
		if !(<-confirmed).Ack {
			panic("refused")
		}
	}
	send("go.orders", "eu.shirts", amqp.Publishing{Body: []byte("1"), Priority: 1, Headers: amqp.Table{"size": "big", "n": int64(1)}})
	send("go.orders", "us.hats", text("2"))
	send("go.orders", "eu.socks", amqp.Publishing{Body: []byte("3"), Priority: 5})
	seen := list{get(channel, "go.eu"), get(channel, "go.eu"), get(channel, rest), get(channel, big), get(channel, big)}
	check(channel.QueueUnbind("go.eu", "eu.#", "go.orders", nil))
	send("go.orders", "eu.shirts", text("4"))
	send("", "go.eu", text("5"))
	seen = append(seen, depth(channel, "go.eu"), depth(channel, rest))
	purged, err := channel.QueuePurge("go.eu", false)
	check(err)
	deleted, err := channel.QueueDelete("go.eu", true, true, false)
	check(err)
	check(channel.ExchangeUnbind("go.copies", "*.shirts", "go.orders", false, nil))
	check(channel.ExchangeDelete("go.orders", true, false))
	check(channel.ExchangeDelete("go.lost", false, false))
	return append(seen, purged, deleted)
}

func confirms(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	queue := own(channel, amqp.Table{"x-max-length": 400, "x-overflow": "reject-publish"})
	check(channel.Confirm(false))
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation, 500))
	for n := 0; n < 401; n++ {
		publish(channel, "", queue, text(fmt.Sprint(n)))
	}
	acked, refused := 0, list{}
	for n := 0; n < 401; n++ {
		if each := <-confirmed; each.Ack {
			acked++
		} else {
			refused = append(refused, each.DeliveryTag)
		}
	}
	return list{acked, refused, depth(channel, queue), channel.GetNextPublishSeqNo()}
}

func returns(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	check(channel.Confirm(false))
	// Not a deferred confirmation: this version waits for ever for one that comes before its own bookkeeping is done.
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation, 1))
	returned := channel.NotifyReturn(make(chan amqp.Return, 1))
	message := amqp.Publishing{Body: []byte("lost"), CorrelationId: "c1"}
	check(channel.PublishWithContext(background, "", "go.nowhere", true, false, message))
	acked := (<-confirmed).Ack
	select {
	case each := <-returned:
		return list{acked, each.ReplyCode, each.ReplyText, each.Exchange, each.RoutingKey, each.CorrelationId, string(each.Body)}
	default:
		return "confirmed before it was returned"
	}
}

func fields(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	queue := own(channel, nil)
	moment := time.Unix(1700000000, 0)
	sent := amqp.Publishing{
		ContentType: "application/json", ContentEncoding: "gzip", DeliveryMode: amqp.Persistent, Priority: 3, CorrelationId: "c", ReplyTo: "r",
		Expiration: "60000", MessageId: "m", Timestamp: moment, Type: "t", UserId: "guest", AppId: "a", Body: []byte("\x00\xffbinary"),
		Headers: amqp.Table{
			"bool": true, "byte": byte(200), "int8": int8(-7), "int16": int16(-300), "int32": int32(-70000), "int64": int64(-1 << 40),
			"float32": float32(0.5), "float64": 1.25, "decimal": amqp.Decimal{Scale: 4, Value: 31415}, "text": "täxt", "bytes": []byte{1, 255},
			"time": moment, "nil": nil, "array": []interface{}{int32(1), "two", []interface{}{true, nil}},
			"table": amqp.Table{"a": amqp.Table{"b": []interface{}{amqp.Table{"c": int64(1)}}}},
		},
	}
	publish(channel, "", queue, sent)
	got, _, err := channel.Get(queue, true)
	check(err)
	different := list{}
	for name, value := range sent.Headers {
		if fmt.Sprintf("%T %#v", value, value) != fmt.Sprintf("%T %#v", got.Headers[name], got.Headers[name]) {
			different = append(different, list{name, fmt.Sprintf("%#v", got.Headers[name])})
		}
	}
	properties := list{got.ContentType, got.ContentEncoding, got.DeliveryMode, got.Priority, got.CorrelationId, got.ReplyTo, got.Expiration,
		got.MessageId, got.Timestamp.Unix(), got.Type, got.UserId, got.AppId}
	return list{len(got.Headers), different, properties, fmt.Sprintf("%q", got.Body)}
}

func channelErrors(channel *amqp.Channel, connection *amqp.Connection) interface{} {
	_, err := channel.QueueDeclare("go.fixed", false, true, false, false, nil)
	check(err)
	other := connect(nil)
	defer other.Close()
	_, err = open(other).QueueDeclare("go.private", false, false, true, false, nil)
	check(err)
	declare := func(name string, durable, passive bool, arguments amqp.Table) func(*amqp.Channel) error {
		return func(on *amqp.Channel) (err error) {
			if passive {
				_, err = on.QueueDeclarePassive(name, durable, true, false, false, arguments)
			} else {
				_, err = on.QueueDeclare(name, durable, true, false, false, arguments)
			}
			return err
		}
	}
	seen := list{}
	for _, attempt := range []func(*amqp.Channel) error{
		declare("go.nope", false, true, nil),
		declare("go.fixed", true, false, nil),
		declare("go.private", false, true, nil),
		declare("amq.mine", false, false, nil),
		declare("go.odd", false, false, amqp.Table{"x-max-priority": 256}),
		func(on *amqp.Channel) error {
			return on.ExchangeDeclare("amq.topic", "direct", true, false, false, false, nil)
		},
		func(on *amqp.Channel) error { return on.QueueBind("go.fixed", "", "go.no-exchange", false, nil) },
		func(on *amqp.Channel) error { return on.Ack(42, false) },
		func(on *amqp.Channel) error {
			return on.PublishWithContext(background, "go.no-exchange", "", false, false, text("x"))
		},
	} {
		on := open(connection)
		closed := on.NotifyClose(make(chan *amqp.Error, 1))
		if err := attempt(on); err != nil {
			seen = append(seen, refusal(err))
		} else {
			seen = append(seen, refusal(<-closed))
		}
	}
	return append(seen, list{channel.IsClosed(), connection.IsClosed()})
}

func transactions(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	queue := own(channel, nil)
	check(channel.Tx())
	publish(channel, "", queue, text("dropped"))
	check(channel.TxRollback())
	publish(channel, "", queue, text("kept"))
	before := depth(channel, queue)
	check(channel.TxCommit())
	return list{before, depth(channel, queue), get(channel, queue)}
}
