import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

final class Consuming {
  static void addTo(Map<String, Play.Scenario> scenarios) {
    scenarios.put("consume", Consuming::consume);
    scenarios.put("get", Consuming::get);
    scenarios.put("dead letters", Consuming::deadLetters);
    scenarios.put("quorum queues", Consuming::quorumQueues);
    scenarios.put("one active consumer", Consuming::oneActiveConsumer);
    scenarios.put("a consumer is told", Consuming::consumerIsTold);
    scenarios.put("remote calls", Consuming::remoteCalls);
  }

  static Object consume(Channel channel, Connection connection) throws Exception {
    String queue = channel.queueDeclare("", false, true, false, null).getQueue();
    for (String body : List.of("one", "two", "three", "four")) Play.publish(channel, "", queue, body);
    channel.basicQos(2);
    BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    channel.basicConsume(queue, false, "worker", (tag, delivery) -> deliveries.add(delivery), tag -> {});
    List<Object> seen = new ArrayList<>();
    long first = next(deliveries, seen);
    long second = next(deliveries, seen);
    Thread.sleep(200);
    seen.add(deliveries.size());
    channel.basicNack(first, false, true);
    next(deliveries, seen);
    channel.basicAck(second, false);
    channel.basicAck(next(deliveries, seen), true);
    channel.basicReject(next(deliveries, seen), true);
    next(deliveries, seen);
    channel.basicCancel("worker");
    channel.basicRecover(true);
    GetResponse left = channel.basicGet(queue, true);
    Collections.addAll(seen, new String(left.getBody()), left.getEnvelope().isRedeliver(), left.getMessageCount());
    return seen;
  }

  private static long next(BlockingQueue<Delivery> deliveries, List<Object> seen) throws Exception {
    Delivery delivery = Play.take(deliveries);
    long tag = delivery.getEnvelope().getDeliveryTag();
    seen.add(Play.list(new String(delivery.getBody()), tag, delivery.getEnvelope().isRedeliver()));
    return tag;
  }

  static Object get(Channel channel, Connection connection) throws Exception {
    String queue = Play.own(channel);
    List<Object> seen = new ArrayList<>(Play.list(Play.get(channel, queue)));
    Play.publish(channel, "", queue, "m0");
    Play.publish(channel, "", queue, "m1");
    for (boolean requeue : List.of(true, false, false)) {
      GetResponse got = channel.basicGet(queue, false);
      seen.add(Play.list(new String(got.getBody()), got.getEnvelope().isRedeliver(), got.getMessageCount(), got.getEnvelope().getExchange()));
      channel.basicReject(got.getEnvelope().getDeliveryTag(), requeue);
    }
    seen.add(Play.get(channel, queue));
    return seen;
  }

  static Object deadLetters(Channel channel, Connection connection) throws Exception {
    channel.exchangeDeclare("java.dead", "fanout", false, true, null);
    String graves = Play.own(channel);
    channel.queueBind(graves, "java.dead", "");
    Map<String, Object> arguments = Play.table("x-dead-letter-exchange", "java.dead", "x-dead-letter-routing-key", "late", "x-max-length", 2);
    channel.queueDeclare("java.mortal", false, true, false, arguments);
    Play.publish(channel, "", "java.mortal", "dropped");
    Play.publish(channel, "", "java.mortal", "expired", new BasicProperties.Builder().expiration("50"));
    Play.publish(channel, "", "java.mortal", "rejected", new BasicProperties.Builder().headers(Play.table("kept", true)));
    Play.until(() -> channel.messageCount(graves) == 2);
    channel.basicReject(channel.basicGet("java.mortal", false).getEnvelope().getDeliveryTag(), false);
    Play.until(() -> channel.messageCount(graves) == 3);
    List<Object> seen = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      GetResponse got = channel.basicGet(graves, true);
      Map<String, Object> headers = got.getProps().getHeaders();
      Map<?, ?> death = (Map<?, ?>) ((List<?>) headers.get("x-death")).get(0);
      boolean recent = Math.abs(new Date().getTime() - ((Date) death.remove("time")).getTime()) < 60_000;
      seen.add(Play.list(new String(got.getBody()), got.getEnvelope().getRoutingKey(), death, recent, headers.get("kept")));
    }
    return seen;
  }

  static Object quorumQueues(Channel channel, Connection connection) throws Exception {
    String graves = Play.own(channel);
    Map<String, Object> arguments = Play.table(
        "x-queue-type", "quorum", "x-delivery-limit", 2, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", graves);
    channel.queueDeclare("java.quorum", true, false, false, arguments);
    channel.confirmSelect();
    Play.publish(channel, "", "java.quorum", "poison");
    channel.waitForConfirmsOrDie(5_000);
    BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    channel.basicConsume("java.quorum", false, "worker", (tag, delivery) -> deliveries.add(delivery), tag -> {});
    List<Object> seen = new ArrayList<>();
    for (int time = 0; time < 3; time++) {
      Delivery delivery = Play.take(deliveries);
      Map<String, Object> headers = delivery.getProperties().getHeaders();
      seen.add(Play.list(delivery.getEnvelope().isRedeliver(), headers == null ? null : headers.get("x-delivery-count")));
      channel.basicReject(delivery.getEnvelope().getDeliveryTag(), true);
    }
    Play.until(() -> channel.messageCount(graves) == 1);
    Map<String, Object> headers = channel.basicGet(graves, true).getProps().getHeaders();
    seen.add(((Map<?, ?>) ((List<?>) headers.get("x-death")).get(0)).get("reason"));
    seen.add(channel.queueDelete("java.quorum").getMessageCount());
    seen.add(Play.refusal(() -> connection.createChannel().queueDeclare("java.quorum", false, false, false, arguments)));
    return seen;
  }

  static Object oneActiveConsumer(Channel channel, Connection connection) throws Exception {
    channel.queueDeclare("java.single", false, false, true, Play.table("x-single-active-consumer", true));
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    channel.basicConsume("java.single", true, "first", (tag, delivery) -> got.add(tag), tag -> {});
    channel.basicConsume("java.single", true, "second", (tag, delivery) -> got.add(tag), tag -> {});
    List<Object> seen = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      Play.publish(channel, "", "java.single", "m");
      seen.add(Play.take(got));
    }
    channel.basicCancel("first");
    Play.publish(channel, "", "java.single", "m");
    seen.add(Play.take(got));
    return seen;
  }

  static Object consumerIsTold(Channel channel, Connection connection) throws Exception {
    channel.queueDeclare("java.doomed", false, false, false, null);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    channel.basicConsume("java.doomed", true, "watcher", (tag, delivery) -> {}, told::add);
    connection.createChannel().queueDelete("java.doomed");
    return Play.take(told);
  }

  static Object remoteCalls(Channel channel, Connection connection) throws Exception {
    Channel served = connection.createChannel();
    String queue = Play.own(served);
    RpcServer server = new RpcServer(served, queue) {
      @Override
      public byte[] handleCall(byte[] request, BasicProperties answer) {
        return ("re: " + new String(request)).getBytes();
      }
    };
    Thread serving = new Thread(() -> {
      try {
        server.mainloop();
      } catch (Exception stopped) {
        // The connection is closed before the server is.
      }
    });
    serving.setDaemon(true);
    serving.start();
    // Over direct reply-to.
    RpcClient client = new RpcClient(channel, "", queue, 5_000);
    return Play.list(client.stringCall("one"), client.stringCall("two"));
  }
}
