package main

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func consume(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	queue := own(channel, nil)
	for _, body := range []string{"one", "two", "three", "four"} {
		publish(channel, "", queue, text(body))
	}
	check(channel.Qos(2, 0, false))
	deliveries, err := channel.Consume(queue, "worker", false, false, false, false, nil)
	check(err)
	seen := list{}
	next := func() amqp.Delivery {
		delivery := take(deliveries)
		seen = append(seen, list{string(delivery.Body), delivery.DeliveryTag, delivery.Redelivered, delivery.ConsumerTag})
		return delivery
	}
	first, second := next(), next()
	time.Sleep(200 * time.Millisecond)
	seen = append(seen, len(deliveries))
	check(first.Nack(false, true))
	next()
	check(second.Ack(false))
	check(next().Ack(true))
	check(next().Reject(false))
	check(channel.Cancel("worker", false))
	_, ok := <-deliveries
	return append(seen, ok, depth(channel, queue))
}

func getting(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	queue := own(channel, nil)
	seen := list{get(channel, queue)}
	publish(channel, "", queue, text("m0"))
	publish(channel, "", queue, text("m1"))
	for _, requeue := range []bool{true, false, false} {
		message, ok, err := channel.Get(queue, false)
		check(err)
		seen = append(seen, list{ok, string(message.Body), message.MessageCount, message.Redelivered, message.DeliveryTag})
		check(message.Reject(requeue))
	}
	return append(seen, get(channel, queue))
}

func deadLetters(channel *amqp.Channel, _ *amqp.Connection) interface{} {
	check(channel.ExchangeDeclare("go.dead", "fanout", false, true, false, false, nil))
	graves := own(channel, nil)
	check(channel.QueueBind(graves, "", "go.dead", false, nil))
	arguments := amqp.Table{"x-dead-letter-exchange": "go.dead", "x-dead-letter-routing-key": "late", "x-max-length": 2}
	_, err := channel.QueueDeclare("go.mortal", false, false, true, false, arguments)
	check(err)
	publish(channel, "", "go.mortal", text("dropped"))
	publish(channel, "", "go.mortal", amqp.Publishing{Body: []byte("expired"), Expiration: "50"})
	publish(channel, "", "go.mortal", amqp.Publishing{Body: []byte("rejected"), Headers: amqp.Table{"kept": true}})
	until(func() bool { return depth(channel, graves) == 2 })
	last, _, err := channel.Get("go.mortal", false)
	check(err)
	check(last.Reject(false))
	until(func() bool { return depth(channel, graves) == 3 })
	seen := list{}
	for range [3]int{} {
		message, _, err := channel.Get(graves, true)
		check(err)
		death := message.Headers["x-death"].([]interface{})[0].(amqp.Table)
		recent := time.Since(death["time"].(time.Time)) < time.Minute
		delete(death, "time")
		seen = append(seen, list{string(message.Body), message.RoutingKey, death, recent, message.Headers["x-first-death-reason"], message.Headers["kept"]})
	}
	return seen
}

func consumerIsTold(channel *amqp.Channel, connection *amqp.Connection) interface{} {
	_, err := channel.QueueDeclare("go.doomed", false, false, false, false, nil)
	check(err)
	told := channel.NotifyCancel(make(chan string, 1))
	deliveries, err := channel.Consume("go.doomed", "watcher", false, false, false, false, nil)
	check(err)
	_, err = open(connection).QueueDelete("go.doomed", false, false, false)
	check(err)
	_, ok := <-deliveries
	return list{<-told, ok}
}

func streams(channel *amqp.Channel, connection *amqp.Connection) interface{} {
	_, err := channel.QueueDeclare("go.stream", true, false, false, false, amqp.Table{"x-queue-type": "stream", "x-max-length-bytes": int64(1 << 20)})
	check(err)
	check(channel.Confirm(false))
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation, 5))
	for n := 0; n < 5; n++ {
		publish(channel, "", "go.stream", text(fmt.Sprint(n)))
		<-confirmed
	}
	read := func(offset interface{}, count int) list {
		reader := open(connection)
		defer reader.Close()
		check(reader.Qos(10, 0, false))
		deliveries, err := reader.Consume("go.stream", "", false, false, false, false, amqp.Table{"x-stream-offset": offset})
		check(err)
		seen := list{}
		for ; count > 0; count-- {
			delivery := take(deliveries)
			seen = append(seen, string(delivery.Body), delivery.Headers["x-stream-offset"])
			check(delivery.Ack(false))
		}
		return seen
	}
	seen := list{read("first", 5), read(int64(3), 2), read("first", 1)}
	_, err = open(connection).Consume("go.stream", "", false, false, false, false, nil)
	// Its text is one of the few that RabbitMQ 4 has changed.
	seen = append(seen, refusal(err)[0])
	// Unlike the others, this is an error of the connection.
	other := connect(nil)
	_, _, err = open(other).Get("go.stream", true)
	seen = append(seen, refusal(err), other.IsClosed())
	_, err = channel.QueueDelete("go.stream", false, false, false)
	check(err)
	return seen
}

func priorities(channel *amqp.Channel, connection *amqp.Connection) interface{} {
	queue := own(channel, nil)
	low, err := channel.Consume(queue, "low", false, false, false, false, amqp.Table{"x-priority": -1})
	check(err)
	other := open(connection)
	check(other.Qos(1, 0, false))
	high, err := other.Consume(queue, "high", false, false, false, false, amqp.Table{"x-priority": 10})
	check(err)
	for _, body := range []string{"one", "two", "three"} {
		publish(channel, "", queue, text(body))
	}
	first, second, third := take(high), take(low), take(low)
	return list{string(first.Body), string(second.Body), string(third.Body)}
}
