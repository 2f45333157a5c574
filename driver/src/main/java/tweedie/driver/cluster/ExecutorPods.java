package tweedie.driver.cluster;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.SparkKubernetesClientFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import tweedie.Causes;
import tweedie.data.DataException;

/**
 * Watches what becomes of the executors' pods on Kubernetes, and says in a sentence what keeps them
 * from running. Spark itself makes new ones for ever, and tells its log at most.
 */
final class ExecutorPods implements AutoCloseable, ResourceEventHandler<Pod> {

  private static final String IMAGE = "spark.kubernetes.container.image";
  private static final String TEMPLATE = "spark.kubernetes.executor.podTemplateFile";

  private static final Set<String> NO_IMAGE =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  /** Of a process that was killed, by the kernel for its memory above all. */
  private static final int KILLED = 137;

  /** One that ends may be its node's fault. */
  private static final int HOPELESS = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorPods.class);

  private final SparkConf conf;
  private final KubernetesClient client;
  private final Set<String> ended = ConcurrentHashMap.newKeySet();
  private volatile String end;
  private volatile String trouble;

  ExecutorPods(SparkConf conf, KubernetesClient client) {
    this.conf = conf;
    this.client = client;
  }

  /** Whether executors are pods. */
  static boolean areUsed(SparkConf conf) {
    return conf.get("spark.master").startsWith("k8s");
  }

  /**
   * Finds out what Spark only does in the background, or never: it waits without end for a server
   * that accepts connections and says nothing.
   *
   * @throws DataException if the executors' image is not set
   * @throws ClusterException if no API server answers
   */
  static void check(SparkConf conf) {
    if (!conf.contains(IMAGE) && !conf.contains("spark.kubernetes.executor.container.image")) {
      throw new DataException(
          "%s is not set: it names the image of the executors (docker/README.md), as in --conf %s=registry.example.org/tweedie:0.1.0"
              .formatted(IMAGE, IMAGE));
    }
    try (KubernetesClient client = client(conf)) {
      client.raw("/version");
    } catch (KubernetesClientException e) {
      if (e.getStatus() == null) { // any answer will do
        throw new ClusterException(refusal(e, conf) + ".", e);
      }
    }
  }

  /** Begins to watch the executors of an application; without permission, nothing is known. */
  static ExecutorPods watch(SparkConf conf, String application) {
    ExecutorPods pods = new ExecutorPods(conf, client(conf));
    try {
      pods.client
          .pods()
          .inNamespace(namespace(conf))
          .withLabel("spark-app-selector", application)
          .withLabel("spark-role", "executor")
          .inform(pods);
    } catch (KubernetesClientException e) {
      LOG.debug("executors cannot be watched", e);
    }
    return pods;
  }

  /** A client such as Spark has, in client and in cluster mode. */
  private static KubernetesClient client(SparkConf conf) {
    boolean clusterMode = conf.getBoolean("spark.kubernetes.submitInDriver", false);
    return SparkKubernetesClientFactory.createKubernetesClient(
        clusterMode
            ? conf.get("spark.kubernetes.driver.master", "https://kubernetes.default.svc")
            : conf.get("spark.master").substring("k8s://".length()),
        Option.apply(namespace(conf)),
        clusterMode
            ? "spark.kubernetes.authenticate.driver.mounted"
            : "spark.kubernetes.authenticate",
        SparkKubernetesClientFactory.ClientType$.MODULE$.Driver(),
        conf,
        Option.empty());
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public void onAdd(Pod pod) {
    look(pod);
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    look(pod);
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    // Spark deletes what has ended; onUpdate has seen how
  }

  private void look(Pod pod) {
    Optional<String> how = end(pod);
    if (how.isPresent()) {
      end = how.get();
      ended.add(pod.getMetadata().getName());
    } else {
      trouble = trouble(pod).orElse(trouble);
    }
  }

  /** What has last kept a pod from working; empty if nothing is known of one. */
  Optional<String> trouble() {
    return Optional.ofNullable(end).or(() -> Optional.ofNullable(trouble));
  }

  /** Whether so many pods have ended that the next will not do better. */
  boolean areHopeless() {
    return ended.size() >= HOPELESS;
  }

  /** Why the API server does not make pods, from what Spark has logged. */
  Optional<String> refusal(Optional<Throwable> logged) {
    return logged.flatMap(ExecutorPods::clientException).map(e -> refusal(e, conf));
  }

  private static Optional<String> end(Pod pod) {
    for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
      ContainerState state = status.getState();
      if (state != null && state.getTerminated() != null) {
        return Optional.of(ofEnded(pod.getMetadata().getName(), state.getTerminated()));
      }
    }
    return "Failed".equals(pod.getStatus().getPhase())
        ? Optional.of(
            "The executor %s failed: %s"
                .formatted(
                    pod.getMetadata().getName(),
                    reason(pod.getStatus().getReason(), pod.getStatus().getMessage())))
        : Optional.empty();
  }

  private static String ofEnded(String pod, ContainerStateTerminated ended) {
    String reason = reason(ended.getReason(), ended.getMessage());
    if (ended.getExitCode() == KILLED || "OOMKilled".equals(ended.getReason())) {
      return "The executor %s was killed, for its memory as it seems (status %d, %s). Raise spark.executor.memoryOverhead, or lower -Dorg.bytedeco.javacpp.maxbytes in spark.executor.extraJavaOptions"
          .formatted(pod, ended.getExitCode(), reason);
    }
    return "The executor %s ended with status %d (%s). With spark.kubernetes.executor.deleteOnTermination=false its pod stays, and `kubectl logs %s` says more"
        .formatted(pod, ended.getExitCode(), reason, pod);
  }

  private static Optional<String> trouble(Pod pod) {
    String name = pod.getMetadata().getName();
    for (ContainerStatus status : pod.getStatus().getContainerStatuses()) {
      ContainerState state = status.getState();
      if (state != null && state.getWaiting() != null) {
        return Optional.of(ofWaiting(name, status.getImage(), state.getWaiting()));
      }
      if (state != null && state.getRunning() != null) {
        return Optional.of(
            "The executor %s runs, and has not reached the driver: spark.driver.host has to be an address that pods reach, and a NetworkPolicy has to let them through to spark.driver.port and spark.driver.blockManager.port"
                .formatted(name));
      }
    }
    return pod.getStatus().getConditions().stream()
        .filter(ExecutorPods::isUnschedulable)
        .findFirst()
        .map(
            condition ->
                "No node takes the executor %s: %s. Ask for less (spark.executor.memory, spark.executor.memoryOverhead, spark.executor.cores, spark.executor.resource.gpu.amount), or add nodes"
                    .formatted(name, Causes.sentence(condition.getMessage())));
  }

  private static boolean isUnschedulable(PodCondition condition) {
    return "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus());
  }

  private static String ofWaiting(String pod, String image, ContainerStateWaiting waiting) {
    String reason = reason(waiting.getReason(), waiting.getMessage());
    return NO_IMAGE.contains(waiting.getReason())
        ? "The image %s of the executor %s cannot be had (%s). Change %s, push the image, or name the registry's secret in spark.kubernetes.container.image.pullSecrets"
            .formatted(image, pod, reason, IMAGE)
        : "The executor %s waits (%s). `kubectl describe pod %s` says for what, such as a claim, a ConfigMap or a Secret that is not there"
            .formatted(pod, reason, pod);
  }

  /**
   * What a person can do about an application that Kubernetes does not start.
   *
   * @param e what Spark threw
   * @return empty if it has nothing to do with Kubernetes
   */
  static Optional<RuntimeException> explained(Exception e, SparkConf conf) {
    if (Causes.of(e).anyMatch(cause -> message(cause).contains("pod from template file"))) {
      return Optional.of(
          new DataException(
              "%s = %s cannot be read: %s"
                  .formatted(
                      TEMPLATE, conf.get(TEMPLATE), Causes.sentence(Causes.root(e).getMessage())),
              e));
    }
    if (message(Causes.root(e)).startsWith("No pod was found named")) {
      return Optional.of(
          new DataException(
              "%s. spark.kubernetes.driver.pod.name is the name of the pod that this command runs in; leave it out elsewhere"
                  .formatted(Causes.sentence(Causes.root(e).getMessage())),
              e));
    }
    return clientException(e)
        .map(refused -> new ClusterException(refusal(refused, conf) + ".", refused));
  }

  /** What an API server answered, or that it did not. */
  private static String refusal(KubernetesClientException e, SparkConf conf) {
    String master = conf.get("spark.master");
    if (e.getStatus() == null) {
      return "No Kubernetes API server answers at %s: %s. Check the URL (--master), and that a NetworkPolicy lets the driver reach it"
          .formatted(master, Causes.sentence(Causes.root(e).getMessage()));
    }
    String message = Causes.sentence(e.getStatus().getMessage());
    if (message.contains("exceeded quota")) {
      return "The quota of the namespace %s does not hold the executors: %s. Ask for less (spark.executor.instances, spark.executor.memory, spark.executor.memoryOverhead, spark.executor.cores), or raise it"
          .formatted(namespace(conf), message);
    }
    if (e.getCode() == 401 || e.getCode() == 403) {
      return "The API server at %s refuses: %s. The Role and RoleBinding in k8s/base/access.yaml have what a driver needs"
          .formatted(master, message);
    }
    return "The API server at %s answers with status %d: %s"
        .formatted(master, e.getCode(), message);
  }

  private static Optional<KubernetesClientException> clientException(Throwable e) {
    return Causes.of(e)
        .filter(KubernetesClientException.class::isInstance)
        .map(KubernetesClientException.class::cast)
        .findFirst();
  }

  private static String namespace(SparkConf conf) {
    return conf.get("spark.kubernetes.namespace", "default");
  }

  private static String reason(String reason, String message) {
    return message == null || message.isBlank()
        ? String.valueOf(reason)
        : "%s: %s".formatted(reason, Causes.sentence(message));
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }
}
