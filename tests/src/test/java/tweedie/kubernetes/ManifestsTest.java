package tweedie.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tweedie.driver.Tweedie;
import tweedie.whole.Repository;

/** The manifests in k8s/ say what the API server takes, and what they say fits together. */
class ManifestsTest {

  private static final Path K8S = Repository.root().resolve("k8s");
  private static final Set<String> OF_KUSTOMIZE =
      Set.of("kustomization.yaml", "no-claim.yaml", "train.yaml", "evaluate.yaml", "sample.yaml");

  private static final long MEGABYTE = 1 << 20;
  // metaspace, code, threads, network buffers; Spark's own least overhead
  private static final long REST_OF_A_JVM = 384 * MEGABYTE;

  private static final Config REFERENCE = ConfigFactory.parseResources("reference.conf");

  private static List<Variant> variants;

  @BeforeAll
  static void render() throws IOException, InterruptedException {
    variants = new ArrayList<>();
    variants.add(unrendered());
    if (kustomize().isPresent()) {
      for (String name : List.of("base", "overlays/gpu", "overlays/s3")) {
        variants.add(rendered(name));
      }
    }
  }

  private static List<Variant> variants() {
    return variants;
  }

  /** The base without kustomize, for machines that have none. */
  private static Variant unrendered() throws IOException {
    List<Object> objects = new ArrayList<>();
    for (Path file : files(K8S.resolve("base"), "*.yaml")) {
      if (!file.endsWith("kustomization.yaml")) {
        objects.addAll(Manifests.read(Files.readString(file)));
      }
    }
    objects.addAll(Manifests.read(Files.readString(K8S.resolve("sample/job.yaml"))));
    Map<String, String> spark = contents(K8S.resolve("base/spark"), "*");
    objects.add(configMap("tweedie-spark", spark));
    objects.add(configMap("tweedie-conf", contents(Repository.root().resolve("conf"), "*.conf")));
    return new Variant("base, not rendered", objects, spark);
  }

  private static Object configMap(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Variant rendered(String name) throws IOException, InterruptedException {
    List<Object> objects = new ArrayList<>(Manifests.read(render(name)));
    String sample = name.equals("base") ? "sample" : name + "/sample";
    objects.addAll(Manifests.read(render(sample)));
    Variant variant = new Variant(name, objects, Map.of());
    return new Variant(name, objects, variant.files("tweedie-spark"));
  }

  private static String render(String directory) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(kustomize().orElseThrow());
    command.add(K8S.resolve(directory).toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** The command that renders a directory, if this machine has one. */
  private static Optional<List<String>> kustomize() {
    if (onPath("kustomize")) {
      return Optional.of(List.of("kustomize", "build"));
    }
    return onPath("kubectl") ? Optional.of(List.of("kubectl", "kustomize")) : Optional.empty();
  }

  private static boolean onPath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static List<Path> files(Path directory, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var stream = Files.newDirectoryStream(directory, glob)) {
      stream.forEach(files::add);
    }
    files.sort(null);
    return files;
  }

  private static Map<String, String> contents(Path directory, String glob) throws IOException {
    Map<String, String> contents = new LinkedHashMap<>();
    for (Path file : files(directory, glob)) {
      contents.put(file.getFileName().toString(), Files.readString(file));
    }
    return contents;
  }

  @Test
  void kustomizeFindsWhatIsThere() {
    assumeTrue(
        kustomize().isPresent(),
        "Overlays are not checked: neither kustomize nor kubectl is there");
    assertThat(kindsAndNames(variants.get(1))).isEqualTo(kindsAndNames(variants.get(0)));
  }

  private static Set<String> kindsAndNames(Variant variant) {
    Set<String> names = new TreeSet<>();
    Manifests.all(HasMetadata.class, variant.objects())
        .forEach(object -> names.add(object.getKind() + " " + object.getMetadata().getName()));
    return names;
  }

  @Test
  void everyFileIsReadStrictly() throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(K8S)) {
      all =
          walk.filter(file -> file.toString().endsWith(".yaml"))
              .filter(file -> !isForKustomize(file))
              .toList();
    }
    assertThat(all).hasSizeGreaterThan(10);
    for (Path file : all) {
      assertThat(Manifests.read(Files.readString(file))).as(file.toString()).isNotEmpty();
    }
  }

  /** Patches and kustomizations, which are no manifests of their own. */
  private static boolean isForKustomize(Path file) {
    String name = file.getFileName().toString();
    return name.equals("kustomization.yaml")
        || file.startsWith(K8S.resolve("overlays")) && OF_KUSTOMIZE.contains(name);
  }

  @Test
  void aMisspelledFieldIsFound() throws IOException {
    String pod = Files.readString(K8S.resolve("base/spark/executor.yaml"));
    assertThatThrownBy(() -> Manifests.read(pod.replace("runAsNonRoot", "runAsNonroot")))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("runAsNonroot");
    String role = Files.readString(K8S.resolve("base/access.yaml"));
    assertThatThrownBy(() -> Manifests.read(role.replace("  - apiGroups:", "  - apiGroup:")))
        .isInstanceOf(UnrecognizedPropertyException.class)
        .hasMessageContaining("apiGroup");
    String scheduled = Files.readString(K8S.resolve("operator/scheduled.yaml"));
    assertThatThrownBy(() -> Manifests.read(scheduled.replace("memoryOverhead:", "overhead:")))
        .isInstanceOf(UnrecognizedPropertyException.class);
  }

  @Test
  void kustomizationsNameFilesThatExist() throws IOException {
    List<Path> kustomizations = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(K8S)) {
      walk.filter(file -> file.endsWith("kustomization.yaml")).forEach(kustomizations::add);
    }
    kustomizations.add(Repository.root().resolve("conf/kustomization.yaml"));
    Pattern entry = Pattern.compile("^\\s*(?:- (?:path: )?|files: \\[)([\\w./, -]+?)\\]?$");
    int checked = 0;
    for (Path kustomization : kustomizations) {
      for (String line : Files.readAllLines(kustomization)) {
        Matcher matcher = entry.matcher(line);
        if (matcher.matches()) {
          for (String name : matcher.group(1).split(", ")) {
            assertThat(kustomization.resolveSibling(name)).exists();
            checked++;
          }
        }
      }
    }
    assertThat(checked).isGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void podsMayDoNothingBesides(Variant variant) throws IOException {
    for (Variant.Workload workload : variant.workloads()) {
      assertHarmless(workload.name(), workload.pod());
      assertThat(workload.pod().getServiceAccountName()).isEqualTo("tweedie");
    }
    for (String template : List.of("driver.yaml", "executor.yaml")) {
      assertHarmless(template, variant.template(template).getSpec());
    }
    assertThat(variant.template("executor.yaml").getSpec().getAutomountServiceAccountToken())
        .isFalse();
    for (Role role : Manifests.all(Role.class, variant.objects())) {
      assertThat(role.getRules()).isNotEmpty();
      role.getRules()
          .forEach(
              rule -> {
                assertThat(rule.getVerbs()).doesNotContain("*");
                assertThat(rule.getResources()).doesNotContain("*", "secrets");
              });
    }
  }

  private static void assertHarmless(String name, PodSpec pod) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).as(name).isEqualTo(185);
    assertThat(pod.getSecurityContext().getSeccompProfile().getType())
        .as(name)
        .isEqualTo("RuntimeDefault");
    for (Container container : Variant.containers(pod)) {
      SecurityContext context = container.getSecurityContext();
      assertThat(context.getAllowPrivilegeEscalation()).as(name).isFalse();
      assertThat(context.getCapabilities().getDrop()).as(name).containsExactly("ALL");
      assertThat(context.getPrivileged()).as(name).isNull();
    }
    assertThat(pod.getVolumes()).as(name).noneMatch(volume -> volume.getHostPath() != null);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void whatFailedGoesOnAtTheNextTick(Variant variant) {
    assertThat(variant.workloads())
        .extracting(Variant.Workload::name)
        .containsOnly("tweedie-train", "tweedie-evaluate", "tweedie-sample");
    assertThat(variant.workloads())
        .extracting(workload -> workload.command().get(0))
        .containsExactlyInAnyOrder("train", "evaluate", "report", "sample");
    for (Variant.Workload workload : variant.workloads()) {
      assertThat(workload.pod().getRestartPolicy()).isEqualTo("Never");
      assertThat(workload.job().getBackoffLimit()).isZero();
      assertThat(workload.job().getActiveDeadlineSeconds()).isPositive();
      // a checkpoint in progress is waited for: docs/resume.md
      assertThat(workload.pod().getTerminationGracePeriodSeconds()).isGreaterThan(20);
      assertThat(workload.job().getPodFailurePolicy().getRules())
          .singleElement()
          .satisfies(
              rule -> {
                assertThat(rule.getAction()).isEqualTo("Ignore");
                assertThat(rule.getOnPodConditions().get(0).getType())
                    .isEqualTo("DisruptionTarget");
              });
    }
    for (CronJob cron : Manifests.all(CronJob.class, variant.objects())) {
      assertThat(cron.getSpec().getConcurrencyPolicy()).isEqualTo("Forbid");
      assertThat(cron.getSpec().getStartingDeadlineSeconds()).isPositive();
      assertThat(cron.getSpec().getTimeZone()).isEqualTo("Etc/UTC");
      assertThat(cron.getSpec().getSuccessfulJobsHistoryLimit()).isPositive();
      assertThat(cron.getSpec().getFailedJobsHistoryLimit()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void commandsExistWithTheirOptionsAndSettings(Variant variant) {
    for (Variant.Workload workload : variant.workloads()) {
      List<String> command = workload.command();
      assertThat(command).as(workload.name()).noneMatch(argument -> argument.contains("$("));
      assertCommand(command, variant.files("tweedie-conf").keySet());
    }
  }

  private static void assertCommand(List<String> command, Set<String> settings) {
    StringWriter help = new StringWriter();
    assertThat(
            Tweedie.run(
                new PrintWriter(help, true), new PrintWriter(help, true), command.get(0), "--help"))
        .as(help.toString())
        .isZero();
    for (int i = 1; i < command.size(); i++) {
      String argument = command.get(i);
      if (argument.startsWith("-")) {
        assertThat(help.toString()).contains(argument);
      }
      if (command.get(i - 1).equals("-D")) {
        assertThat(REFERENCE.hasPath(argument.split("=")[0])).as(argument).isTrue();
      }
      if (command.get(i - 1).equals("--conf")) {
        assertThat(argument).startsWith("/etc/tweedie/");
        assertThat(settings).contains(argument.substring("/etc/tweedie/".length()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void driversTellTheirExecutorsWhereTheyAre(Variant variant) {
    for (Variant.Workload workload : variant.workloads()) {
      List<String> arguments = workload.arguments();
      assertThat(arguments.get(0)).isEqualTo("/opt/spark/bin/spark-submit");
      assertThat(arguments).containsSubsequence("--class", "tweedie.driver.Tweedie");
      if (workload.isDriver()) {
        assertThat(arguments)
            .containsSubsequence("--conf", "spark.driver.host=<status.podIP>")
            .containsSubsequence("--conf", "spark.kubernetes.driver.pod.name=<metadata.name>");
      }
    }
    assertThat(variant.conf())
        .containsEntry("spark.kubernetes.namespace", "tweedie")
        .containsEntry("spark.master", "k8s://https://kubernetes.default.svc");
  }

  @ParameterizedTest
  @MethodSource("variants")
  void imagesAreOfThisVersionAndTheSameForDriverAndExecutors(Variant variant) throws IOException {
    String version = version();
    for (Variant.Workload workload : variant.workloads()) {
      assertThat(workload.container().getImage())
          .endsWith(":" + version)
          .isEqualTo(variant.conf().get("spark.kubernetes.container.image"));
    }
  }

  private static String version() throws IOException {
    Matcher version =
        Pattern.compile("<version>(.*?)</version>")
            .matcher(Files.readString(Repository.root().resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void memoryHoldsTheHeapAndNd4jsArraysAndATenthMore(Variant variant) {
    Map<String, String> conf = variant.conf();
    assertOverhead(
        bytes(conf.get("spark.executor.memoryOverhead")),
        conf.get("spark.executor.extraJavaOptions"));
    for (Variant.Workload workload : variant.workloads()) {
      Map<String, Quantity> limits = workload.container().getResources().getLimits();
      Map<String, Quantity> requests = workload.container().getResources().getRequests();
      assertThat(requests.get("memory")).isEqualTo(limits.get("memory"));
      BigDecimal limit = Quantity.getAmountInBytes(limits.get("memory"));
      assertOverhead(
          limit.longValueExact() - bytes(conf.get("spark.driver.memory")),
          conf.get("spark.driver.extraJavaOptions"));
    }
  }

  private static void assertOverhead(long overhead, String javaOptions) {
    Matcher maxbytes = Pattern.compile("javacpp\\.maxbytes=(\\w+)").matcher(javaOptions);
    assertThat(maxbytes.find()).as(javaOptions).isTrue();
    assertThat(overhead).isGreaterThanOrEqualTo(bytes(maxbytes.group(1)) * 11 / 10 + REST_OF_A_JVM);
  }

  private static long bytes(String size) {
    return JavaUtils.byteStringAsBytes(size);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aWorkerHasAnExecutorWithAllItsThreads(Variant variant) {
    Map<String, String> conf = variant.conf();
    assertThat(conf.get("spark.task.cpus")).isEqualTo(conf.get("spark.executor.cores"));
    assertThat(conf.get("spark.kubernetes.executor.limit.cores"))
        .isEqualTo(conf.get("spark.executor.cores"));
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS"))
        .isEqualTo(conf.get("spark.task.cpus"));
    Variant.Workload train =
        variant.workloads().stream()
            .filter(workload -> workload.name().equals("tweedie-train"))
            .findFirst()
            .orElseThrow();
    assertThat(train.command())
        .contains("tweedie.train.workers=" + conf.get("spark.executor.instances"));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void volumesAreThere(Variant variant) throws IOException {
    Set<String> claims = names(Manifests.all(PersistentVolumeClaim.class, variant.objects()));
    List<PodSpec> pods = new ArrayList<>();
    variant.workloads().forEach(workload -> pods.add(workload.pod()));
    pods.add(variant.template("driver.yaml").getSpec());
    pods.add(variant.template("executor.yaml").getSpec());
    for (PodSpec pod : pods) {
      Set<String> volumes = new TreeSet<>();
      for (Volume volume : pod.getVolumes()) {
        volumes.add(volume.getName());
        if (volume.getPersistentVolumeClaim() != null) {
          assertThat(claims).contains(volume.getPersistentVolumeClaim().getClaimName());
        }
        if (volume.getConfigMap() != null) {
          assertThat(variant.files(volume.getConfigMap().getName())).isNotEmpty();
        }
      }
      Set<String> mounted = new TreeSet<>();
      for (Container container : Variant.containers(pod)) {
        container.getVolumeMounts().forEach(mount -> mounted.add(mount.getName()));
      }
      assertThat(mounted).isEqualTo(volumes);
    }
    String template = variant.conf().get("spark.kubernetes.executor.podTemplateFile");
    assertThat(template).startsWith("/opt/spark/conf/");
    assertThat(variant.spark()).containsKey(template.substring("/opt/spark/conf/".length()));
  }

  private static Set<String> names(List<? extends HasMetadata> objects) {
    Set<String> names = new TreeSet<>();
    objects.forEach(object -> names.add(object.getMetadata().getName()));
    return names;
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theNetworkLetsSparksPortsThrough(Variant variant) throws IOException {
    Map<String, String> conf = variant.conf();
    Set<Integer> spark = new TreeSet<>();
    for (String key :
        List.of("spark.driver.port", "spark.driver.blockManager.port", "spark.blockManager.port")) {
      spark.add(Integer.parseInt(conf.get(key)));
    }
    int ui = Integer.parseInt(conf.get("spark.ui.port"));
    NetworkPolicy policy =
        Manifests.all(NetworkPolicy.class, variant.objects()).stream()
            .filter(one -> one.getMetadata().getName().equals("tweedie"))
            .findFirst()
            .orElseThrow();
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    Set<Integer> in = new TreeSet<>();
    policy.getSpec().getIngress().forEach(rule -> in.addAll(ports(rule.getPorts())));
    Set<Integer> both = new TreeSet<>(spark);
    both.add(ui);
    assertThat(in).isEqualTo(both);
    Set<Integer> out = new TreeSet<>();
    policy.getSpec().getEgress().forEach(rule -> out.addAll(ports(rule.getPorts())));
    Set<Integer> andNames = new TreeSet<>(spark);
    andNames.add(53);
    assertThat(out).isEqualTo(andNames);

    Service service = Manifests.only(Service.class, variant.objects());
    assertThat(service.getSpec().getPorts())
        .singleElement()
        .satisfies(
            port -> {
              assertThat(port.getPort()).isEqualTo(ui);
              assertThat(port.getTargetPort()).isEqualTo(new IntOrString("ui"));
            });
    Map<String, String> selector = service.getSpec().getSelector();
    for (Variant.Workload workload : variant.workloads()) {
      if (workload.isDriver()) {
        assertThat(workload.container().getPorts())
            .singleElement()
            .satisfies(
                port -> {
                  assertThat(port.getName()).isEqualTo("ui");
                  assertThat(port.getContainerPort()).isEqualTo(ui);
                });
      }
      assertThat(workload.labels().getLabels()).containsAllEntriesOf(selector);
    }
    Pod driver = variant.template("driver.yaml");
    assertThat(driver.getMetadata().getLabels()).containsAllEntriesOf(selector);
    assertThat(variant.template("executor.yaml").getMetadata().getLabels())
        .containsEntry("app.kubernetes.io/name", "tweedie")
        .containsEntry("app.kubernetes.io/component", "executor");
  }

  private static Set<Integer> ports(List<NetworkPolicyPort> ports) {
    Set<Integer> numbers = new TreeSet<>();
    ports.forEach(port -> numbers.add(port.getPort().getIntVal()));
    return numbers;
  }

  @Test
  void overlaysChangeOfSparksSettingsWhatTheySay() throws IOException {
    Map<String, String> base = sparkConf("base/spark");
    assertThat(changed(base, sparkConf("overlays/gpu")))
        .containsExactlyInAnyOrder(
            "spark.kubernetes.container.image",
            "spark.executor.resource.gpu.amount",
            "spark.executor.resource.gpu.vendor",
            "spark.executor.resource.gpu.discoveryScript",
            "spark.task.resource.gpu.amount");
    assertThat(changed(base, sparkConf("overlays/s3")))
        .containsExactlyInAnyOrder(
            "spark.kubernetes.container.image",
            "spark.hadoop.fs.s3a.aws.credentials.provider",
            "spark.hadoop.fs.s3a.connection.maximum");
  }

  private static Map<String, String> sparkConf(String directory) throws IOException {
    return Variant.properties(
        Files.readString(K8S.resolve(directory).resolve("spark-defaults.conf")));
  }

  private static Set<String> changed(Map<String, String> from, Map<String, String> to) {
    Set<String> keys = new TreeSet<>(from.keySet());
    keys.addAll(to.keySet());
    keys.removeIf(key -> from.getOrDefault(key, "").equals(to.getOrDefault(key, "")));
    return keys;
  }

  @Test
  void theOperatorRunsTheSame() throws IOException {
    Variant base = variants.get(0);
    Manifests.SparkApplication application =
        Manifests.all(
                Manifests.ScheduledSparkApplication.class,
                Manifests.read(Files.readString(K8S.resolve("operator/scheduled.yaml"))))
            .get(0)
            .spec()
            .template();
    Variant.Workload train =
        base.workloads().stream()
            .filter(workload -> workload.name().equals("tweedie-train"))
            .findFirst()
            .orElseThrow();
    assertThat(application.arguments()).isEqualTo(train.command());
    assertThat(application.image()).isEqualTo(train.container().getImage());
    assertThat(application.mainApplicationFile())
        .isEqualTo("local:///opt/spark/jars/tweedie-driver.jar");
    assertThat(base.conf()).containsAllEntriesOf(application.sparkConf());
    Manifests.SparkPod executor = application.executor();
    assertThat(base.conf())
        .containsEntry("spark.executor.instances", executor.instances().toString())
        .containsEntry("spark.executor.cores", Integer.toString(executor.cores()))
        .containsEntry("spark.executor.memory", executor.memory())
        .containsEntry("spark.executor.memoryOverhead", executor.memoryOverhead())
        .containsEntry("spark.executor.extraJavaOptions", executor.javaOptions())
        .containsEntry("spark.executorEnv.OMP_NUM_THREADS", executor.env().get(0).getValue());
    assertOverhead(
        bytes(application.driver().memoryOverhead()), application.driver().javaOptions());
    for (Manifests.SparkPod pod : List.of(application.driver(), executor)) {
      assertThat(pod.podSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.securityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }
  }
}
