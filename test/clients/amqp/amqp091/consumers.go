package main

import (
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
