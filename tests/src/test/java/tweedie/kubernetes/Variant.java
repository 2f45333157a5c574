package tweedie.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * One way to install Tweedie on a cluster.
 *
 * @param name of its directory in k8s/
 * @param objects what `kubectl apply` is given, sampling job included
 * @param spark the files of the ConfigMap tweedie-spark
 */
record Variant(String name, List<Object> objects, Map<String, String> spark) {

  /**
   * A command that a Job runs, or what a CronJob makes.
   *
   * @param name of the Job or CronJob
   * @param labels of its pod
   * @param container one of the pod's
   */
  record Workload(String name, JobSpec job, ObjectMeta labels, PodSpec pod, Container container) {

    /**
     * The container's arguments, with references to its environment replaced as the kubelet does.
     */
    List<String> arguments() {
      Map<String, String> values = new LinkedHashMap<>();
      for (EnvVar variable : container.getEnv()) {
        if (variable.getValue() != null) {
          values.put(variable.getName(), variable.getValue());
        } else {
          values.put(
              variable.getName(), "<" + variable.getValueFrom().getFieldRef().getFieldPath() + ">");
        }
      }
      List<String> replaced = new ArrayList<>();
      for (String argument : container.getArgs()) {
        for (Map.Entry<String, String> value : values.entrySet()) {
          argument = argument.replace("$(" + value.getKey() + ")", value.getValue());
        }
        replaced.add(argument);
      }
      return replaced;
    }

    /** What comes after the jar. */
    List<String> command() {
      List<String> arguments = arguments();
      int jar = arguments.indexOf("local:///opt/spark/jars/tweedie-driver.jar");
      if (jar < 0) {
        throw new IllegalArgumentException(name + " does not run the jar of the image");
      }
      return arguments.subList(jar + 1, arguments.size());
    }

    /** Whether it has executors. */
    boolean isDriver() {
      return !command().get(0).equals("report");
    }
  }

  List<Workload> workloads() {
    Stream<Workload> scheduled =
        Manifests.all(CronJob.class, objects).stream()
            .flatMap(cron -> workloads(cron, cron.getSpec().getJobTemplate().getSpec()));
    Stream<Workload> once =
        Manifests.all(Job.class, objects).stream().flatMap(job -> workloads(job, job.getSpec()));
    return Stream.concat(scheduled, once).toList();
  }

  private static Stream<Workload> workloads(HasMetadata from, JobSpec job) {
    PodSpec pod = job.getTemplate().getSpec();
    return containers(pod).stream()
        .map(
            container ->
                new Workload(
                    from.getMetadata().getName(),
                    job,
                    job.getTemplate().getMetadata(),
                    pod,
                    container));
  }

  /** In the order in which they run. */
  static List<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream()).toList();
  }

  /** spark-defaults.conf. */
  Map<String, String> conf() {
    return properties(spark.get("spark-defaults.conf"));
  }

  static Map<String, String> properties(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> conf = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(key -> conf.put(key, properties.getProperty(key)));
    return conf;
  }

  /** A pod template of Spark. */
  Pod template(String file) throws IOException {
    return Manifests.only(Pod.class, Manifests.read(spark.get(file)));
  }

  /** The files that a ConfigMap puts into its directory. */
  Map<String, String> files(String configMap) {
    return Manifests.all(ConfigMap.class, objects).stream()
        .filter(map -> map.getMetadata().getName().equals(configMap))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no ConfigMap " + configMap))
        .getData();
  }

  @Override
  public String toString() {
    return name;
  }
}
