// Scenarios for amqp091-go. The program plays the one that it is given against $AMQP_URL and prints what the client saw, as JSON.
// Queues and exchanges have names of their own, so that one server can take all scenarios in turn.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

type list []interface{}

const patience = 30 * time.Second

var background = context.Background()

var scenarios = map[string]func(*amqp.Channel, *amqp.Connection) interface{}{
	"connect":            connecting,
	"topology":           topology,
	"confirms":           confirms,
	"consume":            consume,
	"get":                getting,
	"dead letters":       deadLetters,
	"returns":            returns,
	"fields":             fields,
	"channel errors":     channelErrors,
	"connection errors":  connectionErrors,
	"TLS":                secure,
	"dropped":            dropped,
	"heartbeat":          heartbeat,
	"a consumer is told": consumerIsTold,
	"transactions":       transactions,
	"streams":            streams,
	"priorities":         priorities,
}

func main() {
	connection := connect(func(config *amqp.Config) { config.Properties = amqp.Table{"connection_name": "go." + os.Args[1]} })
	defer connection.Close()
	check(json.NewEncoder(os.Stdout).Encode(scenarios[os.Args[1]](open(connection), connection)))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func dial(change func(*amqp.Config)) (*amqp.Connection, error) {
	config := amqp.Config{Locale: "en_US", Heartbeat: 10 * time.Second}
	if change != nil {
		change(&config)
	}
	return amqp.DialConfig(os.Getenv("AMQP_URL"), config)
}

func connect(change func(*amqp.Config)) *amqp.Connection {
	connection, err := dial(change)
	check(err)
	return connection
}

func open(connection *amqp.Connection) *amqp.Channel {
	channel, err := connection.Channel()
	check(err)
	return channel
}

func own(channel *amqp.Channel, arguments amqp.Table) string {
	queue, err := channel.QueueDeclare("", false, false, true, false, arguments)
	check(err)
	return queue.Name
}

func depth(channel *amqp.Channel, queue string) int {
	inspected, err := channel.QueueInspect(queue)
	check(err)
	return inspected.Messages
}

func text(body string) amqp.Publishing {
	return amqp.Publishing{Body: []byte(body)}
}

func publish(channel *amqp.Channel, exchange, key string, message amqp.Publishing) {
	check(channel.PublishWithContext(background, exchange, key, false, false, message))
}

func get(channel *amqp.Channel, queue string) interface{} {
	message, ok, err := channel.Get(queue, true)
	check(err)
	if !ok {
		return nil
	}
	return string(message.Body)
}

func take(deliveries <-chan amqp.Delivery) amqp.Delivery {
	select {
	case delivery := <-deliveries:
		return delivery
	case <-time.After(patience):
		panic("waited in vain")
	}
}

func until(probe func() bool) {
	for deadline := time.Now().Add(patience); !probe(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			panic("waited in vain")
		}
	}
}

// What the server refused with: code and text, and whose word it was.
func refusal(err error) list {
	if refused, ok := err.(*amqp.Error); ok && refused != nil {
		return list{refused.Code, refused.Reason, refused.Server}
	}
	return list{fmt.Sprint(err)}
}
