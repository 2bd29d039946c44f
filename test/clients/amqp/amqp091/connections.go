package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func connecting(*amqp.Channel, *amqp.Connection) interface{} {
	connection := connect(func(config *amqp.Config) {
		config.ChannelMax, config.FrameSize, config.Heartbeat = 7, 8192, 9*time.Second
	})
	capabilities := []string{}
	for name := range connection.Properties["capabilities"].(amqp.Table) {
		capabilities = append(capabilities, name)
	}
	sort.Strings(capabilities)
	config := connection.Config
	seen := list{connection.Properties["product"], capabilities, config.ChannelMax, config.FrameSize, config.Heartbeat.Seconds()}
	for opened := 0; opened < 8; opened++ {
		if _, err := connection.Channel(); err != nil {
			seen = append(seen, opened, refusal(err))
		}
	}
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	check(connection.Close())
	_, notified := <-closed
	return append(seen, notified, connection.IsClosed())
}

func connectionErrors(_ *amqp.Channel, connection *amqp.Connection) interface{} {
	_, wrong := dial(func(config *amqp.Config) {
		config.SASL = []amqp.Authentication{&amqp.PlainAuth{Username: "guest", Password: "wrong"}}
	})
	_, unknown := dial(func(config *amqp.Config) { config.Vhost = "nope" })
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	check(open(connection).PublishWithContext(background, "", "q", false, true, text("at once")))
	return list{refusal(wrong), refusal(unknown), refusal(<-closed), connection.IsClosed()}
}

func secure(*amqp.Channel, *amqp.Connection) interface{} {
	authority, err := os.ReadFile(os.Getenv("WIRELIKE_CA_FILE"))
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	connection, err := amqp.DialTLS(os.Getenv("AMQPS_URL"), &tls.Config{RootCAs: roots})
	check(err)
	defer connection.Close()
	channel := open(connection)
	queue := own(channel, nil)
	publish(channel, "", queue, text(strings.Repeat("s", 200000)))
	body := get(channel, queue).(string)
	_, err = amqp.DialTLS(os.Getenv("AMQPS_URL"), &tls.Config{RootCAs: x509.NewCertPool()})
	return list{len(body), connection.ConnectionState().HandshakeComplete, strings.Contains(fmt.Sprint(err), "signed by unknown authority")}
}

func dropped(channel *amqp.Channel, connection *amqp.Connection) interface{} {
	deliveries, err := channel.Consume(own(channel, nil), "", true, false, false, false, nil)
	check(err)
	onConnection := connection.NotifyClose(make(chan *amqp.Error, 1))
	onChannel := channel.NotifyClose(make(chan *amqp.Error, 1))
	drop("go.dropped")
	_, ok := <-deliveries
	return list{refusal(<-onConnection), refusal(<-onChannel), ok, refusal(channel.Qos(1, 0, false))}
}

// What an operator does who closes a connection in the management interface, which lists a new one only after a while.
// (Without net/http, which would take longer to compile than everything else.)
func drop(connectionName string) {
	where, err := url.Parse(os.Getenv("RABBITMQ_MANAGEMENT_URL"))
	check(err)
	until(func() bool {
		_, listed, _ := strings.Cut(ask(where, "GET", "/api/connections?columns=name,user_provided_name"), "\r\n\r\n")
		var connections []struct {
			Name         string
			UserProvided string `json:"user_provided_name"`
		}
		check(json.Unmarshal([]byte(listed), &connections))
		for _, connection := range connections {
			if connection.UserProvided == connectionName {
				ask(where, "DELETE", "/api/connections/"+url.PathEscape(connection.Name))
				return true
			}
		}
		return false
	})
}

func ask(where *url.URL, method, path string) string {
	socket, err := net.Dial("tcp", where.Host)
	check(err)
	defer socket.Close()
	credentials := base64.StdEncoding.EncodeToString([]byte(where.User.String()))
	fmt.Fprintf(socket, "%s %s HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n", method, path, credentials)
	answer, err := io.ReadAll(socket)
	check(err)
	return string(answer)
}

func heartbeat(*amqp.Channel, *amqp.Connection) interface{} {
	connection := connect(func(config *amqp.Config) { config.Heartbeat = time.Second })
	defer connection.Close()
	channel := open(connection)
	queue := own(channel, nil)
	time.Sleep(3500 * time.Millisecond)
	publish(channel, "", queue, text("alive"))
	return list{connection.Config.Heartbeat.Seconds(), get(channel, queue)}
}
