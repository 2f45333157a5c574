package tweedie.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static tweedie.whole.Commands.withSpark;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.spark.deploy.SparkSubmit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tweedie.cluster.ApiServer;
import tweedie.whole.Commands.Outcome;

/**
 * What Spark asks of Kubernetes with the settings in k8s/, and what a user reads when it cannot.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KubernetesTest {

  private static final Path SPARK = Repository.root().resolve("k8s/base/spark");
  private static final String TEMPLATE = "spark.kubernetes.executor.podTemplateFile";
  private static final String DRIVER_POD = "spark.kubernetes.driver.pod.name";

  @TempDir Path temporary;
  private ApiServer api;

  @BeforeEach
  void start() throws IOException {
    api = ApiServer.start();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  /**
   * spark-defaults.conf of a directory in k8s/, with what is inside a pod there taken from here.
   */
  private static Map<String, String> settings(String directory) throws IOException {
    Path files = Repository.root().resolve("k8s").resolve(directory);
    Properties defaults = new Properties();
    defaults.load(new StringReader(Files.readString(files.resolve("spark-defaults.conf"))));
    defaults.remove("spark.master");
    Map<String, String> settings = new LinkedHashMap<>();
    defaults.stringPropertyNames().forEach(key -> settings.put(key, defaults.getProperty(key)));
    settings.put(TEMPLATE, files.resolve("executor.yaml").toString());
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.driver.bindAddress", "127.0.0.1");
    settings.put("spark.ui.enabled", "false");
    for (String port :
        List.of("spark.driver.port", "spark.driver.blockManager.port", "spark.blockManager.port")) {
      settings.put(port, "0");
    }
    // Spark waits for so long that most executors come, before anybody else can
    settings.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "0s");
    settings.put("spark.tweedie.executorTimeout", "4s");
    return settings;
  }

  /** An import on this cluster, in client mode as in a Job's pod. */
  private Outcome importDigits(Map<String, String> settings) {
    return importDigits(settings, api.master());
  }

  private Outcome importDigits(Map<String, String> settings, String master) {
    return withSpark(
        settings,
        "import",
        "--from",
        "digits",
        "--limit",
        10,
        "--output",
        temporary.resolve("shards"),
        "--master",
        master);
  }

  private void driverPod(String name) {
    try (var client = api.client()) {
      client
          .pods()
          .inNamespace("tweedie")
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace("tweedie")
                  .withUid("driver-uid")
                  .endMetadata()
                  .withNewStatus()
                  .withPhase("Running")
                  .addNewCondition()
                  .withType("Ready")
                  .withStatus("True")
                  .endCondition()
                  .endStatus()
                  .build())
          .create();
    }
  }

  private List<Pod> executors() {
    return api.created(Pod.class).stream()
        .filter(pod -> "executor".equals(pod.getMetadata().getLabels().get("spark-role")))
        .toList();
  }

  /** Lets executors' pods have a container in this state. */
  private void executorsAre(UnaryOperator<ContainerStateBuilder> state) {
    api.change(
        pod ->
            new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Pending")
                .addNewContainerStatus()
                .withName("spark-kubernetes-executor")
                .withImage(pod.getSpec().getContainers().get(0).getImage())
                .withState(state.apply(new ContainerStateBuilder()).build())
                .endContainerStatus()
                .endStatus()
                .build());
  }

  private static void assertFailed(Outcome outcome, String... words) {
    assertThat(outcome.status()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("tweedie import failed: ")
        .contains(words)
        .doesNotContain("\tat ", "Exception")
        .hasLineCount(1);
  }

  @Test
  void executorsAreAsTheSettingsAndTheTemplateSay() throws IOException {
    driverPod("driver-1");
    executorsAre(
        state ->
            state
                .withNewWaiting()
                .withReason("ErrImagePull")
                .withMessage("pull access denied for tweedie")
                .endWaiting());
    Map<String, String> settings = settings("base/spark");
    settings.put(DRIVER_POD, "driver-1");

    assertFailed(
        importDigits(settings),
        "The image tweedie:0.2.0 of the executor tweedie-import",
        " cannot be had (ErrImagePull: pull access denied for tweedie). Change"
            + " spark.kubernetes.container.image",
        "spark.tweedie.executorTimeout");

    assertThat(executors()).hasSize(2);
    for (Pod pod : executors()) {
      assertThat(pod.getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/name", "tweedie")
          .containsEntry("app.kubernetes.io/component", "executor");
      assertThat(pod.getMetadata().getOwnerReferences())
          .singleElement()
          .satisfies(owner -> assertThat(owner.getName()).isEqualTo("driver-1"));
      assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
      assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(185);
      assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
      Container container = pod.getSpec().getContainers().get(0);
      assertThat(container.getImage()).isEqualTo("tweedie:0.2.0");
      assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
      assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
      Map<String, Quantity> limits = container.getResources().getLimits();
      assertThat(Quantity.getAmountInBytes(limits.get("memory")))
          .isEqualTo(Quantity.getAmountInBytes(new Quantity("7Gi")))
          .isEqualTo(
              Quantity.getAmountInBytes(container.getResources().getRequests().get("memory")));
      assertThat(limits.get("cpu")).isEqualTo(new Quantity("4"));
      assertThat(container.getEnv())
          .extracting(EnvVar::getName, EnvVar::getValue)
          .contains(tuple("OMP_NUM_THREADS", "4"));
      // spark.authenticate: the secret that Spark drew
      assertThat(container.getEnv()).extracting(EnvVar::getName).contains("_SPARK_AUTH_SECRET");
      assertThat(container.getVolumeMounts())
          .extracting("mountPath")
          .contains("/data", "/tmp", "/opt/spark/conf");
      assertThat(pod.getSpec().getVolumes())
          .anySatisfy(
              volume ->
                  assertThat(volume.getPersistentVolumeClaim())
                      .extracting("claimName")
                      .isEqualTo("tweedie-data"));
    }
  }

  @Test
  void gpusAreAskedFor() throws IOException {
    driverPod("driver-1");
    api.change(
        pod ->
            new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.")
                .endCondition()
                .endStatus()
                .build());
    Map<String, String> settings = settings("overlays/gpu");
    settings.put(DRIVER_POD, "driver-1");

    assertFailed(
        importDigits(settings),
        "No node takes the executor ",
        "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. Ask for less");

    assertThat(executors()).isNotEmpty();
    Pod pod = executors().get(0);
    assertThat(pod.getSpec().getContainers().get(0).getResources().getLimits())
        .containsEntry("nvidia.com/gpu", new Quantity("1"));
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("nvidia.com/gpu.present", "true");
    assertThat(pod.getSpec().getTolerations())
        .anySatisfy(toleration -> assertThat(toleration.getKey()).isEqualTo("nvidia.com/gpu"));
  }

  @Test
  void aQuotaThatIsTooSmallIsNamed() throws IOException {
    api.admit(
        kind ->
            kind.equals("Pod")
                ? Optional.of(
                    "pods \"x\" is forbidden: exceeded quota: team, requested: limits.memory=7Gi,"
                        + " used: limits.memory=0, limited: limits.memory=4Gi")
                : Optional.empty());
    assertFailed(
        importDigits(settings("base/spark")),
        "exceeded quota: team, requested: limits.memory=7Gi",
        "spark.executor.memory");
    assertThat(executors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ConfigMap", "Pod"})
  void aMissingPermissionIsNamed(String missing) throws IOException {
    String refusal =
        "%1$s is forbidden: User \"system:serviceaccount:tweedie:default\" cannot create resource \"%1$s\""
            .formatted(missing.toLowerCase(Locale.ROOT) + "s");
    api.admit(kind -> kind.equals(missing) ? Optional.of(refusal) : Optional.empty());
    assertFailed(importDigits(settings("base/spark")), refusal, "k8s/base/access.yaml");
  }

  @Test
  void executorsThatEndAtOnceAreNotWaitedFor() throws IOException {
    executorsAre(
        state ->
            state
                .withNewTerminated()
                .withExitCode(128)
                .withReason("StartError")
                .withMessage("exec: \"executor\": executable file not found in $PATH")
                .endTerminated());
    Map<String, String> settings = settings("base/spark");
    settings.put("spark.executor.instances", "4");
    settings.put("spark.tweedie.executorTimeout", "10min");
    assertFailed(
        importDigits(settings),
        "Executors of " + api.master() + " end before they can work. The executor tweedie-import-",
        " ended with status 128 (StartError: exec: \"executor\": executable file not found in"
            + " $PATH).");
  }

  @Test
  void aDriverPodThatIsNotThereIsNamed() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.put(DRIVER_POD, "driver-2");
    assertThat(importDigits(settings).refused().err())
        .contains("No pod was found named driver-2 in the cluster in the namespace tweedie")
        .contains(DRIVER_POD)
        .hasLineCount(1);
  }

  @Test
  void aTemplateThatIsNotThereIsNamed() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.put(TEMPLATE, "/opt/spark/conf/none.yaml");
    assertThat(importDigits(settings).refused().err())
        .contains(TEMPLATE + " = /opt/spark/conf/none.yaml cannot be read: ")
        .hasLineCount(1);
  }

  @Test
  void anImageThatIsNotSetIsNamedBeforeAnythingStarts() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.remove("spark.kubernetes.container.image");
    assertThat(importDigits(settings).refused().err())
        .startsWith("spark.kubernetes.container.image is not set")
        .hasLineCount(1);
  }

  @Test
  void noApiServerIsSaid() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.put(DRIVER_POD, "driver-1");
    api.close();
    assertFailed(importDigits(settings), "No Kubernetes API server answers at " + api.master());
  }

  @Test
  @Timeout(30)
  void anApiServerThatSaysNothingIsNotWaitedFor() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.put("spark.kubernetes.driver.requestTimeout", "500");
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      String master = "k8s://http://127.0.0.1:" + silent.getLocalPort();
      assertFailed(importDigits(settings, master), "No Kubernetes API server answers at " + master);
    }
  }

  @Test
  void clusterModeMakesADriverWithTheSameRights() throws IOException {
    Map<String, String> settings = settings("base/spark");
    settings.keySet().removeAll(List.of("spark.driver.host", "spark.driver.bindAddress"));
    settings.put(
        "spark.kubernetes.driver.podTemplateFile", SPARK.resolve("driver.yaml").toString());
    settings.put("spark.kubernetes.authenticate.driver.serviceAccountName", "tweedie");
    settings.put("spark.driver.memoryOverhead", "2g");
    settings.put("spark.kubernetes.submission.waitAppCompletion", "false");
    List<String> line = new ArrayList<>(List.of("--master", api.master()));
    line.addAll(List.of("--deploy-mode", "cluster", "--class", "tweedie.driver.Tweedie"));
    settings.forEach((key, value) -> line.addAll(List.of("--conf", key + "=" + value)));
    line.add("local:///opt/spark/jars/tweedie-driver.jar");
    line.addAll(List.of("train", "--conf", "/etc/tweedie/mnist.conf", "--run", "/data/runs/mnist"));
    ClassLoader classes = Thread.currentThread().getContextClassLoader();
    try {
      new SparkSubmit().doSubmit(line.toArray(String[]::new));
    } finally {
      Thread.currentThread().setContextClassLoader(classes);
    }

    assertThat(api.created(Pod.class)).hasSize(1);
    Pod driver = api.created(Pod.class).get(0);
    assertThat(driver.getMetadata().getNamespace()).isEqualTo("tweedie");
    assertThat(driver.getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/component", "driver");
    assertThat(driver.getSpec().getServiceAccountName()).isEqualTo("tweedie");
    assertThat(driver.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    Container container = driver.getSpec().getContainers().get(0);
    assertThat(container.getImage()).isEqualTo("tweedie:0.2.0");
    assertThat(container.getArgs())
        .contains("driver", "tweedie.driver.Tweedie", "train", "/data/runs/mnist");
    assertThat(Quantity.getAmountInBytes(container.getResources().getLimits().get("memory")))
        .isEqualTo(Quantity.getAmountInBytes(new Quantity("4Gi")));
    assertThat(container.getVolumeMounts()).extracting("mountPath").contains("/etc/tweedie");
    assertThat(api.created(Service.class)).hasSize(1);
    assertThat(api.created(ConfigMap.class)).isNotEmpty();
  }
}
