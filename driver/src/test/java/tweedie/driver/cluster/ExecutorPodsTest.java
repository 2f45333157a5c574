package tweedie.driver.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

/** From what Kubernetes says of pods to what a person can change. */
class ExecutorPodsTest {

  private static final SparkConf CONF =
      new SparkConf(false)
          .set("spark.master", "k8s://https://cluster")
          .set("spark.kubernetes.namespace", "team");

  private final ExecutorPods pods = new ExecutorPods(CONF, null);

  private static Pod pod(String name, ContainerState state) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewStatus()
        .withPhase("Pending")
        .addNewContainerStatus()
        .withImage("tweedie:1")
        .withState(state)
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static ContainerState waiting(String reason, String message) {
    return new ContainerStateBuilder()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message)
        .endWaiting()
        .build();
  }

  private static ContainerState ended(int status, String reason) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withExitCode(status)
        .withReason(reason)
        .endTerminated()
        .build();
  }

  private static ContainerState running() {
    return new ContainerStateBuilder().withNewRunning().endRunning().build();
  }

  @Test
  void aPodThatIsNewSaysNothing() {
    pods.onAdd(
        new PodBuilder().withNewMetadata().endMetadata().withNewStatus().endStatus().build());
    assertThat(pods.trouble()).isEmpty();
  }

  @Test
  void anImageThatCannotBePulledIsNamed() {
    pods.onAdd(pod("exec-1", waiting("ImagePullBackOff", "Back-off pulling image.")));
    assertThat(pods.trouble().orElseThrow())
        .startsWith(
            "The image tweedie:1 of the executor exec-1 cannot be had (ImagePullBackOff: Back-off"
                + " pulling image). Change spark.kubernetes.container.image, ");
  }

  @Test
  void aSecretThatIsNotThereIsNamed() {
    pods.onAdd(
        pod("exec-1", waiting("CreateContainerConfigError", "secret \"tweedie-s3\" not found")));
    assertThat(pods.trouble().orElseThrow())
        .startsWith(
            "The executor exec-1 waits (CreateContainerConfigError: secret \"tweedie-s3\" not"
                + " found). ");
  }

  @Test
  void anExecutorThatDoesNotFindItsDriverIsNamed() {
    pods.onAdd(pod("exec-1", waiting("ContainerCreating", null)));
    pods.onUpdate(null, pod("exec-1", running()));
    assertThat(pods.trouble().orElseThrow())
        .startsWith("The executor exec-1 runs, and has not reached the driver: spark.driver.host ");
  }

  @Test
  void howExecutorsEndedIsMoreThanThatOthersRun() {
    pods.onUpdate(null, pod("exec-1", ended(137, "OOMKilled")));
    pods.onAdd(pod("exec-2", running()));
    assertThat(pods.trouble().orElseThrow())
        .isEqualTo(
            "The executor exec-1 was killed, for its memory as it seems (status 137, OOMKilled)."
                + " Raise spark.executor.memoryOverhead, or lower -Dorg.bytedeco.javacpp.maxbytes"
                + " in spark.executor.extraJavaOptions");
  }

  @Test
  void threeThatEndedAreEnough() {
    for (String name : new String[] {"exec-1", "exec-2", "exec-2"}) {
      pods.onUpdate(null, pod(name, ended(1, "Error")));
    }
    assertThat(pods.areHopeless()).isFalse();
    Pod evicted =
        new PodBuilder()
            .withNewMetadata()
            .withName("exec-3")
            .endMetadata()
            .withNewStatus()
            .withPhase("Failed")
            .withReason("Evicted")
            .withMessage("The node was low on resource: memory.")
            .endStatus()
            .build();
    pods.onUpdate(null, evicted);
    assertThat(pods.areHopeless()).isTrue();
    assertThat(pods.trouble().orElseThrow())
        .isEqualTo("The executor exec-3 failed: Evicted: The node was low on resource: memory");
  }

  private static KubernetesClientException answer(int code, String message) {
    return new KubernetesClientException(
        new StatusBuilder().withCode(code).withMessage(message).build());
  }

  private Optional<String> refusal(Exception e) {
    return pods.refusal(Optional.of(new SparkException("Spark's words", e)));
  }

  @Test
  void whatTheApiServerRefusesIsSaidWithWhatToChange() {
    assertThat(refusal(answer(403, "pods \"x\" is forbidden: exceeded quota: team, used: 1")))
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith(
                        "The quota of the namespace team does not hold the executors: pods \"x\" is"
                            + " forbidden: exceeded quota: team, used: 1. Ask for less"));
    assertThat(refusal(answer(403, "pods is forbidden: User \"x\" cannot create resource")))
        .hasValue(
            "The API server at k8s://https://cluster refuses: pods is forbidden: User \"x\" cannot"
                + " create resource. The Role and RoleBinding in k8s/base/access.yaml have what a"
                + " driver needs");
    assertThat(refusal(answer(500, "etcd")))
        .hasValue("The API server at k8s://https://cluster answers with status 500: etcd");
    assertThat(refusal(new IllegalStateException("no answer"))).isEmpty();
    assertThat(pods.refusal(Optional.empty())).isEmpty();
  }
}
