import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Scenarios for RabbitMQ's Java client: plays the one that it is given against $AMQP_URL and prints what the client saw, as JSON.
 * Queues and exchanges have names of their own, so that one server can take all scenarios in turn.
 */
public final class Play {
  static final int PATIENCE_SECONDS = 30;

  interface Scenario {
    Object play(Channel channel, Connection connection) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Scenario> scenarios = new LinkedHashMap<>();
    Connections.addTo(scenarios);
    Publishing.addTo(scenarios);
    Consuming.addTo(scenarios);
    Connection connection = factory("AMQP_URL").newConnection("java." + arguments[0]);
    Object seen = scenarios.get(arguments[0]).play(connection.createChannel(), connection);
    connection.abort();
    System.out.println(json(seen));
    System.exit(0);
  }

  static ConnectionFactory factory(String variable) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(System.getenv(variable));
    factory.setNetworkRecoveryInterval(200);
    return factory;
  }

  static Map<String, Object> table(Object... pairs) {
    Map<String, Object> table = new LinkedHashMap<>();
    for (int at = 0; at < pairs.length; at += 2) table.put((String) pairs[at], pairs[at + 1]);
    return table;
  }

  static List<Object> list(Object... elements) {
    return Arrays.asList(elements);
  }

  static String own(Channel channel, Object... arguments) throws Exception {
    return channel.queueDeclare("", false, true, true, table(arguments)).getQueue();
  }

  static void publish(Channel channel, String exchange, String key, String body) throws Exception {
    channel.basicPublish(exchange, key, null, body.getBytes("UTF-8"));
  }

  static void publish(Channel channel, String exchange, String key, String body, BasicProperties.Builder properties) throws Exception {
    channel.basicPublish(exchange, key, properties.build(), body.getBytes("UTF-8"));
  }

  static String get(Channel channel, String queue) throws Exception {
    GetResponse response = channel.basicGet(queue, true);
    return response == null ? null : new String(response.getBody(), "UTF-8");
  }

  static <T> T take(BlockingQueue<T> queue) throws Exception {
    T element = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (element == null) throw new IllegalStateException("waited in vain");
    return element;
  }

  static void until(Callable<Boolean> probe) throws Exception {
    for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); !probe.call(); Thread.sleep(20)) {
      if (System.nanoTime() > deadline) throw new IllegalStateException("waited in vain");
    }
  }

  /** What the server closed a channel or connection with: code, text, and the class and method that it was about. */
  static Object reason(ShutdownSignalException signal) {
    Method method = signal.getReason();
    if (method instanceof com.rabbitmq.client.AMQP.Channel.Close) {
      com.rabbitmq.client.AMQP.Channel.Close close = (com.rabbitmq.client.AMQP.Channel.Close) method;
      return list("channel", close.getReplyCode(), close.getReplyText(), close.getClassId(), close.getMethodId());
    }
    com.rabbitmq.client.AMQP.Connection.Close close = (com.rabbitmq.client.AMQP.Connection.Close) method;
    return list("connection", close.getReplyCode(), close.getReplyText(), close.getClassId(), close.getMethodId());
  }

  interface Attempt {
    void make() throws Exception;
  }

  static Object refusal(Attempt attempt) {
    try {
      attempt.make();
      return "no error";
    } catch (Exception failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof ShutdownSignalException) return reason((ShutdownSignalException) cause);
      }
      return list(failure.getClass().getSimpleName(), failure.getMessage());
    }
  }

  /** Field values come out with their Java type where JSON would hide it. */
  static String json(Object value) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) return String.valueOf(value);
    if (value instanceof Date) return typed("Date", ((Date) value).getTime() / 1000);
    if (value instanceof byte[]) return typed("bytes", Arrays.toString((byte[]) value));
    if (value instanceof Number) return typed(value.getClass().getSimpleName(), value);
    if (value instanceof List) return ((List<?>) value).stream().map(Play::json).collect(Collectors.joining(",", "[", "]"));
    if (value instanceof Map) {
      return new TreeMap<>((Map<?, ?>) value)
          .entrySet().stream().map(entry -> json(entry.getKey()) + ":" + json(entry.getValue())).collect(Collectors.joining(",", "{", "}"));
    }
    String text = value instanceof LongString || value instanceof CharSequence ? value.toString() : value.getClass() + " " + value;
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\0", "\\u0000") + '"';
  }

  private static String typed(String type, Object value) {
    return json(type + " " + value);
  }
}
