package tweedie.network.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tweedie.data.ImageShape;
import tweedie.device.NativeThreads;
import tweedie.device.ProcessMemory;
import tweedie.device.Processor;
import tweedie.device.RowProducts;
import tweedie.network.NetworkSettings;
import tweedie.network.NetworkSettings.Input;
import tweedie.network.NetworkSettings.Kind;
import tweedie.network.NetworkSettings.Output;
import tweedie.network.engine.ComparedNetwork;
import tweedie.network.engine.ComputeSettings.Choice;
import tweedie.network.engine.Engines;
import tweedie.network.graph.Precision;

class OnednnComputeTest {

  private static NetworkSettings network(int height, int width, int colours, Integer... channels) {
    return new NetworkSettings(
        new ImageShape(height, width, colours),
        Kind.UNET,
        List.of(channels),
        Math.min(2, channels.length - 1),
        1,
        0,
        0,
        10,
        Input.MEAN,
        1,
        Output.DENOISER,
        0.3,
        0.4,
        List.of());
  }

  /** What oneDNN chose for the passes of a network. */
  private static Set<String> implementations(NetworkSettings settings, int n, Layout layout) {
    List<OnednnCompute> made = new ArrayList<>();
    Set<String> chosen = new TreeSet<>();
    try (ComparedNetwork network =
        new ComparedNetwork(
            settings,
            n,
            graph -> {
              made.add(new OnednnCompute(graph, layout));
              return made.get(0);
            })) {
      network.see(1);
      network.denoised();
      chosen.addAll(made.get(0).implementations());
      network.learned();
      chosen.addAll(made.get(0).implementations());
      network.imageGradient();
      chosen.addAll(made.get(0).implementations());
    }
    return chosen;
  }

  private static Set<String> halfImplementations(NetworkSettings settings, int n, Layout layout) {
    List<OnednnCompute> made = new ArrayList<>();
    try (ComparedNetwork network =
        new ComparedNetwork(
            settings,
            n,
            graph -> {
              made.add(new OnednnCompute(graph, layout, Precision.BFLOAT16));
              return made.get(0);
            })) {
      network.see(1);
      network.learned();
      return made.get(0).implementations();
    }
  }

  @Test
  void openBlasComputesByTheThreadThatAsksBesideOnednn() {
    NativeThreads.ofBlas(2);
    double[] products = RowProducts.of(new double[] {1, 2, 3, 4}, new double[] {5, 6}, 2);
    assertThat(products).containsExactly(17, 39);
    assertThat(NativeThreads.ofBlas(2)).as("as before a product").isEqualTo(2);
    implementations(network(8, 8, 1, 4), 2, Layout.BLOCKED);
    assertThat(NativeThreads.ofBlas(1)).isEqualTo(1);
  }

  private static void assumeBfloat16() {
    assumeTrue(
        Engines.bfloat16Refusal(Choice.ONEDNN, Processor.present()).isEmpty(),
        "this CPU has no bfloat16");
  }

  @ParameterizedTest
  @EnumSource
  void gradientsInBfloat16AreNearAndRepeat(Layout layout) {
    assumeBfloat16();
    NetworkSettings settings = network(12, 12, 3, 16, 24, 32);
    float[] exact = learned(settings, layout, Precision.FLOAT32);
    float[] rounded = learned(settings, layout, Precision.BFLOAT16);
    double apart = 0;
    double length = 0;
    for (int i = 0; i < exact.length; i++) {
      apart += Math.pow(rounded[i] - exact[i], 2);
      length += Math.pow(exact[i], 2);
    }
    assertThat(Math.sqrt(apart / length)).isBetween(1e-5, 0.03);
    assertThat(learned(settings, layout, Precision.BFLOAT16)).isEqualTo(rounded);
    assertThat(halfImplementations(settings, 4, layout))
        .noneMatch(name -> name.contains("ref"))
        .anyMatch(name -> name.contains("bf16"));
    assertThat(halfImplementations(network(28, 36, 1, 32, 64, 128), 2, layout))
        .noneMatch(name -> name.contains("ref"));
  }

  private static float[] learned(NetworkSettings settings, Layout layout, Precision precision) {
    try (ComparedNetwork network =
        new ComparedNetwork(settings, 4, graph -> new OnednnCompute(graph, layout, precision))) {
      network.see(1);
      return network.learned();
    }
  }

  @Test
  void onlyGradientsOfTheParametersAreInBfloat16() {
    NetworkSettings settings = network(12, 10, 3, 16, 24);
    for (Precision precision : Precision.values()) {
      try (ComparedNetwork network =
          new ComparedNetwork(
              settings, 4, graph -> new OnednnCompute(graph, Layout.BLOCKED, precision))) {
        network.see(1);
        float[] denoised = network.denoised();
        assertThat(denoised).isEqualTo(denoisedInFloat32(settings));
      }
    }
  }

  private static float[] denoisedInFloat32(NetworkSettings settings) {
    try (ComparedNetwork network =
        new ComparedNetwork(settings, 4, graph -> new OnednnCompute(graph, Layout.BLOCKED))) {
      network.see(1);
      return network.denoised();
    }
  }

  /** Code that is written for clarity is 10 to 100 times slower, and silent about it. */
  @ParameterizedTest
  @EnumSource
  void nothingIsComputedByReferenceCode(Layout layout) {
    List<Set<String>> chosen = new ArrayList<>();
    for (int channels : new int[] {1, 3, 10, 24}) {
      for (int n : new int[] {1, 3, 64}) {
        chosen.add(implementations(network(7, 7, channels, channels), n, layout));
        chosen.add(implementations(network(10, 6, channels, channels, 5), n, layout));
      }
    }
    chosen.add(implementations(network(28, 36, 1, 32, 64, 128), 2, layout));
    for (Set<String> of : chosen) {
      assertThat(of).isNotEmpty().noneMatch(name -> name.contains("ref"));
    }
  }

  /** 1,000 arrays of one image would be 80 MB. */
  @ParameterizedTest
  @EnumSource
  void memoryIsFreedWithANetwork(Layout layout) {
    NetworkSettings settings = network(28, 28, 1, 8, 8);
    try (ComparedNetwork network =
        new ComparedNetwork(settings, 2, graph -> new OnednnCompute(graph, layout))) {
      long before = 0;
      for (int i = 0; i < 400; i++) {
        if (i == 100) {
          before = ProcessMemory.now().offHeapBytes();
        }
        network.see(1);
        network.imageGradient(); // frees what the last one has made
      }
      assertThat(ProcessMemory.now().offHeapBytes() - before).isLessThan(24L << 20);
    }
  }

  @Test
  void networksOfSeveralThreadsHaveTheSameBitsAsAlone() throws Exception {
    NetworkSettings settings = network(14, 14, 1, 16, 24);
    assertSameBitsInThreads(
        12,
        () -> {
          try (ComparedNetwork network =
              new ComparedNetwork(settings, 5, graph -> new OnednnCompute(graph, Layout.BLOCKED))) {
            network.see(1);
            return List.of(network.denoised(), network.learned(), network.imageGradient());
          }
        });
  }

  /** Of so many images with so many channels that Winograd's convolutions pay, with AVX-512. */
  @Test
  void largeNetworksComeAndGoInSeveralThreads() throws Exception {
    NetworkSettings settings = network(28, 28, 1, 32, 64, 128);
    assertSameBitsInThreads(
        8,
        () -> {
          List<float[]> denoised = new ArrayList<>();
          try (ComparedNetwork one = ofTwo(settings);
              ComparedNetwork other = ofTwo(settings)) {
            one.see(1);
            other.see(2);
            denoised.add(one.denoised());
            denoised.add(other.denoised());
          }
          return denoised;
        });
  }

  private static ComparedNetwork ofTwo(NetworkSettings settings) {
    return new ComparedNetwork(settings, 32, graph -> new OnednnCompute(graph, Layout.BLOCKED));
  }

  private static void assertSameBitsInThreads(int times, Callable<List<float[]>> task)
      throws Exception {
    List<float[]> alone = task.call();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<List<float[]>>> tasks = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        tasks.add(task);
      }
      for (Future<List<float[]>> one : threads.invokeAll(tasks)) {
        for (int i = 0; i < alone.size(); i++) {
          assertThat(one.get().get(i)).isEqualTo(alone.get(i));
        }
      }
    } finally {
      threads.shutdown();
    }
  }
}
