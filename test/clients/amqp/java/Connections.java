import static java.util.concurrent.TimeUnit.SECONDS;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLEncoder;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;

final class Connections {
  static void addTo(Map<String, Play.Scenario> scenarios) {
    scenarios.put("connect", Connections::connect);
    scenarios.put("non-blocking sockets", Connections::nonBlockingSockets);
    scenarios.put("channel errors", Connections::channelErrors);
    scenarios.put("connection errors", Connections::connectionErrors);
    scenarios.put("TLS", Connections::tls);
    scenarios.put("recovery", Connections::recovery);
    scenarios.put("heartbeat", Connections::heartbeat);
  }

  static Object connect(Channel unused, Connection other) throws Exception {
    ConnectionFactory factory = Play.factory("AMQP_URL");
    factory.setRequestedChannelMax(3);
    factory.setRequestedFrameMax(8192);
    factory.setRequestedHeartbeat(9);
    Connection connection = factory.newConnection("from Java");
    Map<String, Object> server = connection.getServerProperties();
    List<Object> seen = new ArrayList<>(Play.list(
        server.get("product"),
        new ArrayList<>(new TreeSet<>(((Map<?, ?>) server.get("capabilities")).keySet())),
        connection.getChannelMax(), connection.getFrameMax(), connection.getHeartbeat(), connection.getClientProvidedName()));
    for (int opened = 0; opened < 3; opened++) connection.createChannel();
    seen.add(connection.createChannel());
    connection.close();
    seen.add(Play.list(connection.isOpen(), Play.reason(connection.getCloseReason())));
    return seen;
  }

  static Object nonBlockingSockets(Channel unused, Connection other) throws Exception {
    ConnectionFactory factory = Play.factory("AMQP_URL");
    factory.useNio();
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      String queue = Play.own(channel);
      Play.publish(channel, "", queue, "n".repeat(300_000));
      return Play.get(channel, queue).length();
    }
  }

  static Object channelErrors(Channel channel, Connection connection) throws Exception {
    channel.queueDeclare("java.fixed", false, false, true, null);
    List<Object> seen = new ArrayList<>();
    try (Connection other = Play.factory("AMQP_URL").newConnection()) {
      other.createChannel().queueDeclare("java.private", false, true, false, null);
      seen.add(Play.refusal(() -> connection.createChannel().queueDeclarePassive("java.nope")));
      seen.add(Play.refusal(() -> connection.createChannel().queueDeclare("java.fixed", true, false, true, null)));
      seen.add(Play.refusal(() -> connection.createChannel().queueDeclarePassive("java.private")));
      seen.add(Play.refusal(() -> connection.createChannel().queueDeclare("amq.mine", false, false, true, null)));
      seen.add(Play.refusal(() -> connection.createChannel().queueDeclare("java.odd", false, false, true, Play.table("x-expires", 0))));
      seen.add(Play.refusal(() -> connection.createChannel().exchangeDeclare("amq.fanout", "direct", true)));
      seen.add(Play.refusal(() -> connection.createChannel().queueBind("java.fixed", "java.no-exchange", "")));
      seen.add(Play.refusal(() -> connection.createChannel().basicConsume("java.nope", (tag, message) -> {}, tag -> {})));
      BasicProperties ann = new BasicProperties.Builder().userId("ann").build();
      seen.add(closing(connection, on -> on.basicPublish("", "q", ann, new byte[0])));
      seen.add(closing(connection, on -> on.basicAck(42, false)));
      seen.add(closing(connection, on -> Play.publish(on, "java.no-exchange", "", "x")));
    }
    seen.add(Play.list(channel.isOpen(), connection.isOpen()));
    return seen;
  }

  interface Use {
    void make(Channel channel) throws Exception;
  }

  /** For what has no answer: the server closes the channel some time after. */
  private static Object closing(Connection connection, Use use) throws Exception {
    Channel channel = connection.createChannel();
    BlockingQueue<ShutdownSignalException> closed = new LinkedBlockingQueue<>();
    channel.addShutdownListener(closed::add);
    use.make(channel);
    return Play.reason(Play.take(closed));
  }

  static Object connectionErrors(Channel unused, Connection other) throws Exception {
    ConnectionFactory wrong = Play.factory("AMQP_URL");
    wrong.setPassword("wrong");
    ConnectionFactory unknown = Play.factory("AMQP_URL");
    unknown.setVirtualHost("nope");
    ConnectionFactory factory = Play.factory("AMQP_URL");
    factory.setAutomaticRecoveryEnabled(false);
    Connection connection = factory.newConnection();
    Channel channel = connection.createChannel();
    String queue = Play.own(channel);
    channel.basicConsume(queue, false, "same", (tag, message) -> {}, tag -> {});
    return Play.list(
        Play.refusal(wrong::newConnection),
        Play.refusal(unknown::newConnection),
        Play.refusal(() -> channel.basicConsume(queue, false, "same", (tag, message) -> {}, tag -> {})),
        connection.isOpen());
  }

  static Object tls(Channel unused, Connection other) throws Exception {
    ConnectionFactory factory = secure(true);
    int length;
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      String queue = Play.own(channel);
      Play.publish(channel, "", queue, "s".repeat(200_000));
      length = Play.get(channel, queue).length();
    }
    // The second resumes the session of the first.
    factory.newConnection().close();
    try {
      secure(false).newConnection();
      return "trusted";
    } catch (SSLHandshakeException refused) {
      return Play.list(length, "refused");
    }
  }

  /** A factory that trusts wirelike's authority, or those that Java trusts by itself. */
  private static ConnectionFactory secure(boolean ours) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream file = new FileInputStream(System.getenv("WIRELIKE_CA_FILE"))) {
      store.setCertificateEntry("wirelike", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(ours ? store : null);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    URI url = new URI(System.getenv("AMQPS_URL"));
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(url.getHost());
    factory.setPort(url.getPort());
    factory.useSslProtocol(context);
    return factory;
  }

  static Object recovery(Channel channel, Connection connection) throws Exception {
    channel.exchangeDeclare("java.news", "topic", false, true, null);
    String queue = channel.queueDeclare("", false, true, false, null).getQueue();
    channel.queueBind(queue, "java.news", "a.*");
    channel.basicQos(3);
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    channel.basicConsume(queue, false, "reader", (tag, message) -> {
      channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
      got.add(tag + " " + new String(message.getBody()));
    }, tag -> {});
    Play.publish(channel, "java.news", "a.b", "before");
    List<Object> seen = new ArrayList<>(Play.list(Play.take(got)));
    BlockingQueue<ShutdownSignalException> closed = new LinkedBlockingQueue<>();
    BlockingQueue<Boolean> recovered = new LinkedBlockingQueue<>();
    connection.addShutdownListener(closed::add);
    ((Recoverable) connection).addRecoveryListener(new RecoveryListener() {
      @Override
      public void handleRecovery(Recoverable recoverable) {
        recovered.add(true);
      }

      @Override
      public void handleRecoveryStarted(Recoverable recoverable) {}
    });
    drop("java.recovery");
    seen.add(Play.reason(Play.take(closed)));
    seen.add(Play.take(recovered));
    Play.publish(channel, "java.news", "a.c", "after");
    seen.add(Play.take(got));
    return seen;
  }

  static Object heartbeat(Channel unused, Connection other) throws Exception {
    ConnectionFactory factory = Play.factory("AMQP_URL");
    factory.setRequestedHeartbeat(1);
    factory.setAutomaticRecoveryEnabled(false);
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      String queue = Play.own(channel);
      SECONDS.sleep(4);
      Play.publish(channel, "", queue, "alive");
      return Play.list(connection.getHeartbeat(), Play.get(channel, queue));
    }
  }

  /** What an operator does who closes a connection in the management interface, which lists a new one only after a while. */
  private static void drop(String connectionName) throws Exception {
    String list = System.getenv("RABBITMQ_MANAGEMENT_URL").replaceFirst("//.*@", "//") + "/api/connections";
    Pattern object = Pattern.compile("\\{[^{}]*\"user_provided_name\":\"" + connectionName + "\"[^{}]*}");
    Pattern name = Pattern.compile("\"name\":\"([^\"]+)\"");
    Play.until(() -> {
      Matcher listed = object.matcher(ask("GET", list + "?columns=name,user_provided_name"));
      if (!listed.find()) return false;
      Matcher named = name.matcher(listed.group());
      return named.find() && ask("DELETE", list + "/" + URLEncoder.encode(named.group(1), "UTF-8").replace("+", "%20")) != null;
    });
  }

  private static String ask(String method, String address) throws Exception {
    HttpURLConnection request = (HttpURLConnection) new URL(address).openConnection();
    request.setRequestMethod(method);
    request.setRequestProperty("Authorization", "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes()));
    try (InputStream answer = request.getInputStream()) {
      return new String(answer.readAllBytes(), "UTF-8");
    }
  }
}
