package tweedie.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads manifests with the client's typed models, and takes nothing that they do not know. */
final class Manifests {

  private static final Map<String, Class<?>> KINDS =
      Stream.of(
              ConfigMap.class,
              CronJob.class,
              Job.class,
              Namespace.class,
              NetworkPolicy.class,
              PersistentVolumeClaim.class,
              Pod.class,
              Role.class,
              RoleBinding.class,
              ScheduledSparkApplication.class,
              Service.class,
              ServiceAccount.class)
          .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

  private static final YAMLMapper STRICT =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(new NoPlaceForUnknownFields())
          .addModule(new JavaTimeModule())
          .build();

  private Manifests() {}

  /**
   * The documents of a file.
   *
   * @throws JsonProcessingException for a field that its kind does not have
   */
  static List<Object> read(String yaml) throws JsonProcessingException {
    List<Object> objects = new ArrayList<>();
    for (JsonNode document : documents(yaml)) {
      String kind = document.path("kind").asText();
      Class<?> type = KINDS.get(kind);
      if (type == null) {
        throw new IllegalArgumentException("kind " + kind + " is not one of " + KINDS.keySet());
      }
      objects.add(STRICT.treeToValue(document, type));
    }
    return objects;
  }

  /** One object of the kind. */
  static <T extends HasMetadata> T only(Class<T> type, List<Object> objects) {
    List<T> found = all(type, objects);
    if (found.size() != 1) {
      throw new IllegalArgumentException(found.size() + " of kind " + type.getSimpleName());
    }
    return found.get(0);
  }

  static <T> List<T> all(Class<T> type, List<Object> objects) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static List<JsonNode> documents(String yaml) throws JsonProcessingException {
    List<JsonNode> documents = new ArrayList<>();
    try (var parser = STRICT.getFactory().createParser(yaml)) {
      STRICT
          .readerFor(JsonNode.class)
          .<JsonNode>readValues(parser)
          .forEachRemaining(documents::add);
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return documents;
  }

  /** The models keep unknown fields in a map of their own, which hides every misspelling. */
  private static final class NoPlaceForUnknownFields extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }

  /** What the spark-operator's v1beta2 knows, as far as it is used here. */
  record ScheduledSparkApplication(
      String apiVersion, String kind, ObjectMeta metadata, ScheduledSpec spec) {}

  record ScheduledSpec(
      String schedule,
      String timeZone,
      String concurrencyPolicy,
      int successfulRunHistoryLimit,
      int failedRunHistoryLimit,
      SparkApplication template) {}

  record SparkApplication(
      String type,
      String mode,
      String sparkVersion,
      String image,
      String mainClass,
      String mainApplicationFile,
      List<String> arguments,
      Map<String, String> restartPolicy,
      long timeToLiveSeconds,
      Map<String, String> sparkConf,
      List<Volume> volumes,
      SparkPod driver,
      SparkPod executor) {}

  record SparkPod(
      Integer instances,
      int cores,
      String coreLimit,
      String memory,
      String memoryOverhead,
      String javaOptions,
      String serviceAccount,
      Long terminationGracePeriodSeconds,
      List<EnvVar> env,
      Map<String, String> labels,
      PodSecurityContext podSecurityContext,
      SecurityContext securityContext,
      List<VolumeMount> volumeMounts) {}
}
