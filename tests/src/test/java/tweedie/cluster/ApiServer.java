package tweedie.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.mockwebserver.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okio.Buffer;

/**
 * Kubernetes' API on the loopback device, without machines behind it: it keeps what it is given,
 * and no pod ever runs.
 */
public final class ApiServer implements AutoCloseable {

  /** What the server says of something that is to be created; empty to create it. */
  public interface Admission {
    Optional<String> refusal(String kind);
  }

  private final Dispatcher dispatcher = new Dispatcher();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(), new MockWebServer(), new HashMap<>(), dispatcher, false);

  private ApiServer() {}

  /** Starts a server that admits everything and changes no pod. */
  public static ApiServer start() throws IOException {
    ApiServer api = new ApiServer();
    api.server.init(InetAddress.getByName("127.0.0.1"), 0);
    return api;
  }

  /** For {@code --master}. */
  public String master() {
    return "k8s://http://127.0.0.1:" + server.getPort();
  }

  /** Refuses, with status 403, what {@code admission} has words for. */
  public void admit(Admission admission) {
    dispatcher.admission = admission;
  }

  /** Changes every pod that is created, as the scheduler and the kubelet would. */
  public void change(UnaryOperator<Pod> change) {
    dispatcher.change = change;
  }

  /** A client of the server. */
  public KubernetesClient client() {
    return server.createClient();
  }

  /** All of a kind that were ever created, as they were asked for. */
  public <T extends HasMetadata> List<T> created(Class<T> type) {
    return dispatcher.created.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public void close() {
    server.destroy();
  }

  private static final class Dispatcher extends KubernetesCrudDispatcher {

    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    private static final Pattern NAMESPACE = Pattern.compile("/namespaces/([^/?]+)");
    private static final Pattern APPLIED = Pattern.compile("(/.*)/[^/?]+(\\?.*)?");

    private final List<HasMetadata> created = new CopyOnWriteArrayList<>();
    private volatile Admission admission = kind -> Optional.empty();
    private volatile UnaryOperator<Pod> change = Dispatcher::pending;

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      boolean applied = "PATCH".equals(request.getMethod()) && isServerSide(request);
      if (!applied && !"POST".equals(request.getMethod())) {
        return super.dispatch(request);
      }
      HasMetadata object = JSON.unmarshal(request.getBody().clone().readUtf8());
      Optional<String> refusal = admission.refusal(object.getKind());
      if (refusal.isPresent()) {
        return refused(refusal.get());
      }
      namespace(request.getPath()).ifPresent(object.getMetadata()::setNamespace);
      created.add(object);
      HasMetadata kept = object instanceof Pod pod ? change.apply(pod) : object;
      return super.dispatch(
          request(applied ? collection(request.getPath()) : request.getPath(), kept, request));
    }

    private static Pod pending(Pod pod) {
      return new PodBuilder(pod).editOrNewStatus().withPhase("Pending").endStatus().build();
    }

    private static Optional<String> namespace(String path) {
      Matcher namespace = NAMESPACE.matcher(path);
      return namespace.find() ? Optional.of(namespace.group(1)) : Optional.empty();
    }

    /** The mock knows no server-side apply, with which Spark creates what a driver needs. */
    private static boolean isServerSide(RecordedRequest request) {
      return String.valueOf(request.getHeader("Content-Type")).contains("apply-patch");
    }

    private static String collection(String path) {
      Matcher applied = APPLIED.matcher(path);
      return applied.matches() ? applied.group(1) : path;
    }

    private static RecordedRequest request(String path, HasMetadata object, RecordedRequest from) {
      Buffer body = new Buffer().writeUtf8(JSON.asJson(object));
      try (Socket none = new Socket()) {
        return new RecordedRequest(
            "POST " + path + " HTTP/1.1",
            from.getHeaders(),
            List.of(),
            body.size(),
            body,
            from.getSequenceNumber(),
            none);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static MockResponse refused(String message) {
      Status status =
          new StatusBuilder()
              .withStatus("Failure")
              .withReason("Forbidden")
              .withCode(403)
              .withMessage(message)
              .build();
      return new MockResponse()
          .setResponseCode(403)
          .setHeader("Content-Type", "application/json")
          .setBody(JSON.asJson(status));
    }
  }
}
