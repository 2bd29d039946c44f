import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

final class Publishing {
  static void addTo(Map<String, Play.Scenario> scenarios) {
    scenarios.put("topology", Publishing::topology);
    scenarios.put("confirms", Publishing::confirms);
    scenarios.put("returns", Publishing::returns);
    scenarios.put("fields", Publishing::fields);
    scenarios.put("transactions", Publishing::transactions);
  }

  static Object topology(Channel channel, Connection connection) throws Exception {
    channel.exchangeDeclare("java.orders", "topic", true, false, Play.table("alternate-exchange", "java.lost"));
    channel.exchangeDeclare("java.lost", "fanout");
    channel.exchangeDeclare("java.copies", "headers", false, true, true, null);
    channel.queueDeclare("java.eu", true, false, false, Play.table("x-max-priority", 5, "x-message-ttl", 60_000L));
    String rest = Play.own(channel);
    String big = Play.own(channel);
    channel.queueBind("java.eu", "java.orders", "eu.#");
    channel.queueBind(rest, "java.lost", "");
    channel.queueBind(big, "java.copies", "", Play.table("x-match", "all", "size", "big", "n", 1));
    channel.exchangeBind("java.copies", "java.orders", "*.shirts");
    channel.confirmSelect();
    BasicProperties.Builder shirts = new BasicProperties.Builder().priority(1).headers(Play.table("size", "big", "n", 1L));
    Play.publish(channel, "java.orders", "eu.shirts", "1", shirts);
    Play.publish(channel, "java.orders", "us.hats", "2");
    Play.publish(channel, "java.orders", "eu.socks", "3", new BasicProperties.Builder().priority(5));
    channel.waitForConfirmsOrDie(5_000);
    List<Object> seen = new ArrayList<>();
    for (String queue : Arrays.asList("java.eu", "java.eu", rest, big, big)) seen.add(Play.get(channel, queue));
    channel.queueUnbind("java.eu", "java.orders", "eu.#");
    Play.publish(channel, "java.orders", "eu.shirts", "4");
    Play.publish(channel, "", "java.eu", "5");
    channel.waitForConfirmsOrDie(5_000);
    Collections.addAll(seen, channel.messageCount("java.eu"), channel.messageCount(rest), channel.consumerCount(rest));
    Collections.addAll(seen, channel.queuePurge("java.eu").getMessageCount(), channel.queueDelete("java.eu", true, true).getMessageCount());
    channel.exchangeUnbind("java.copies", "java.orders", "*.shirts");
    channel.exchangeDelete("java.orders", true);
    channel.exchangeDelete("java.lost");
    return seen;
  }

  static Object confirms(Channel channel, Connection connection) throws Exception {
    String queue = Play.own(channel, "x-max-length", 400, "x-overflow", "reject-publish");
    channel.confirmSelect();
    List<Long> refused = Collections.synchronizedList(new ArrayList<>());
    channel.addConfirmListener((tag, multiple) -> {}, (tag, multiple) -> refused.add(tag));
    for (int n = 0; n < 400; n++) Play.publish(channel, "", queue, "m" + n, new BasicProperties.Builder().deliveryMode(1 + n % 2));
    List<Object> seen = new ArrayList<>(Play.list(channel.waitForConfirms(5_000)));
    Play.publish(channel, "", queue, "too many");
    Collections.addAll(seen, channel.waitForConfirms(5_000), refused, channel.messageCount(queue), channel.getNextPublishSeqNo());
    return seen;
  }

  static Object returns(Channel channel, Connection connection) throws Exception {
    BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    channel.addReturnListener(each -> events.add(Play.list(
        each.getReplyCode(), each.getReplyText(), each.getExchange(), each.getRoutingKey(), each.getProperties().getCorrelationId(),
        new String(each.getBody()))));
    channel.addConfirmListener((tag, multiple) -> events.add("confirmed " + tag), (tag, multiple) -> events.add("refused " + tag));
    channel.confirmSelect();
    BasicProperties properties = new BasicProperties.Builder().correlationId("c1").build();
    channel.basicPublish("", "java.nowhere", true, properties, "lost".getBytes());
    return Play.list(Play.take(events), Play.take(events));
  }

  static Object fields(Channel channel, Connection connection) throws Exception {
    String queue = Play.own(channel);
    Map<String, Object> headers = Play.table(
        "bool", true, "byte", (byte) -7, "short", (short) -300, "int", -70_000, "long", -(1L << 40), "float", 0.5f, "double", 1.25,
        "decimal", new BigDecimal("3.1415"), "text", "täxt", "bytes", new byte[] {1, -1}, "date", new Date(1_700_000_000_000L), "null", null,
        "list", Play.list(1, "two", Play.list(true, null)), "table", Play.table("a", Play.table("b", Play.list(Play.table("c", 1L)))));
    BasicProperties sent = new BasicProperties.Builder()
        .contentType("application/json").contentEncoding("gzip").headers(headers).deliveryMode(2).priority(3).correlationId("c").replyTo("r")
        .expiration("60000").messageId("m").timestamp(new Date(1_700_000_000_000L)).type("t").userId("guest").appId("a").build();
    channel.basicPublish("", queue, sent, new byte[] {0, -1, 'x'});
    GetResponse got = channel.basicGet(queue, true);
    BasicProperties seen = got.getProps();
    boolean isText = seen.getHeaders().get("text") instanceof LongString;
    return Play.list(seen.getHeaders(), isText, got.getBody(), seen.getContentType(), seen.getContentEncoding(), seen.getDeliveryMode(),
        seen.getPriority(), seen.getCorrelationId(), seen.getReplyTo(), seen.getExpiration(), seen.getMessageId(), seen.getTimestamp(),
        seen.getType(), seen.getUserId(), seen.getAppId());
  }

  static Object transactions(Channel channel, Connection connection) throws Exception {
    String queue = Play.own(channel);
    channel.txSelect();
    Play.publish(channel, "", queue, "dropped");
    channel.txRollback();
    Play.publish(channel, "", queue, "kept");
    long before = channel.messageCount(queue);
    channel.txCommit();
    return Play.list(before, channel.messageCount(queue), Play.get(channel, queue));
  }
}
