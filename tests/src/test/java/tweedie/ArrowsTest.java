package tweedie;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInput;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import tweedie.data.ImageShape;
import tweedie.device.RowProducts;

/**
 * The arrows of docs/design.md: driver to train, sample, evaluate; these to network and data; these
 * to score; and inside the driver from what a person types, or a program calls, down to files and
 * settings.
 */
@AnalyzeClasses(
    packages = "tweedie",
    importOptions = {DoNotIncludeTests.class, ArrowsTest.DoNotIncludeTestJars.class})
class ArrowsTest {

  /** Tests of other modules come packed where these modules are. */
  static final class DoNotIncludeTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String[] LIBRARIES_OF_JOBS = {
    "org.apache.spark..", "org.apache.hadoop..", "org.deeplearning4j..", "org.nd4j.."
  };

  @ArchTest
  static final ArchRule fileSystemsAreThoseWhoseFailuresAreExceptions =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("tweedie.data.FileSystems")
          .should()
          .callMethod(Path.class, "getFileSystem", Configuration.class)
          .because("a full disk is an error that no catch expects; see tweedie.data.LocalDisk");

  @ArchTest
  static final ArchRule jsonIsReadWhereItIsChecked =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("tweedie.data.Json")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectMapper.class)
          .because("null and half a file are told by tweedie.data.Json alone");

  @ArchTest
  static final ArchRule scoreKnowsNeitherNetworkNorCluster =
      noClasses()
          .that()
          .resideInAPackage("tweedie.score..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LIBRARIES_OF_JOBS)
          .orShould()
          .dependOnClassesThat(ours().and(outside("tweedie.score..")));

  @ArchTest
  static final ArchRule samplersAreFunctionsOfADenoiser =
      noClasses()
          .that()
          .resideInAPackage("tweedie.sample..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LIBRARIES_OF_JOBS)
          .orShould()
          .dependOnClassesThat(
              ours()
                  .and(outside("tweedie.score..", "tweedie.sample.."))
                  .and(
                      DescribedPredicate.not(JavaClass.Predicates.equivalentTo(ImageShape.class))));

  @ArchTest
  static final ArchRule measuresKnowNeitherClusterNorNativeArrays =
      noClasses()
          .that()
          .resideInAPackage("tweedie.evaluate..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.deeplearning4j..", "org.nd4j..")
          .orShould()
          .dependOnClassesThat(
              ours()
                  .and(
                      outside(
                          "tweedie.score..",
                          "tweedie.network..",
                          "tweedie.data..",
                          "tweedie.evaluate.."))
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.equivalentTo(RowProducts.class))));

  @ArchTest
  static final ArchRule networkAndDataKnowNothingAboveThem =
      noClasses()
          .that()
          .resideInAnyPackage("tweedie.network..", "tweedie.data..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "tweedie.train..", "tweedie.sample..", "tweedie.evaluate..", "tweedie.driver..");

  @ArchTest
  static final ArchRule dataKnowsNoNetwork =
      noClasses()
          .that()
          .resideInAPackage("tweedie.data..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tweedie.network..", "org.deeplearning4j..", "org.nd4j..");

  @ArchTest
  static final ArchRule trainingDoesNotSample =
      noClasses()
          .that()
          .resideInAPackage("tweedie.train..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tweedie.sample..", "tweedie.evaluate..");

  @ArchTest
  static final ArchRule theJobDoesNotKnowItsDriver =
      noClasses()
          .that()
          .resideOutsideOfPackages("tweedie.driver..", "tweedie.ml")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tweedie.driver..", "tweedie.ml");

  @ArchTest
  static final ArchRule devicesKnowNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("tweedie.device")
          .should()
          .dependOnClassesThat(
              ours()
                  .and(outside("tweedie.device"))
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.belongToAnyOf(TweedieException.class))));

  @ArchTest
  static final ArchRule aDescriptionKnowsNoEngine =
      noClasses()
          .that()
          .resideInAPackage("tweedie.network.graph")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tweedie.network.engine..");

  @ArchTest
  static final ArchRule enginesDoNotKnowEachOther =
      slices().matching("tweedie.network.engine.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule onednnHasOneRoom =
      oneRoom("tweedie.network.engine.onednn", "org.bytedeco.dnnl..");

  @ArchTest
  static final ArchRule torchHasOneRoom = oneRoom("tweedie.network.engine.torch", "ai.djl..");

  @ArchTest
  static final ArchRule trainingDoesNotKnowItsFiles =
      noClasses()
          .that()
          .resideInAPackage("tweedie.train..")
          .and()
          .resideOutsideOfPackage("tweedie.train.checkpoint")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tweedie.train.checkpoint");

  /** Who may use which room of the driver. */
  @ArchTest
  static final ArchRule roomsOfTheDriver =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("tweedie.driver..", "tweedie.ml")
          .layer("main")
          .definedBy("tweedie.driver")
          .layer("command")
          .definedBy("tweedie.driver.command")
          .layer("action")
          .definedBy("tweedie.driver.action")
          .layer("report")
          .definedBy("tweedie.driver.report")
          .layer("measurements")
          .definedBy("tweedie.driver.evaluate.*")
          .layer("evaluate")
          .definedBy("tweedie.driver.evaluate")
          .layer("study")
          .definedBy("tweedie.driver.study")
          .layer("doctor")
          .definedBy("tweedie.driver.doctor")
          .layer("sample")
          .definedBy("tweedie.driver.sample")
          .layer("train")
          .definedBy("tweedie.driver.train")
          .layer("imports")
          .definedBy("tweedie.driver.imports")
          .layer("table")
          .definedBy("tweedie.driver.table")
          .layer("ml")
          .definedBy("tweedie.ml")
          .layer("apply")
          .definedBy("tweedie.driver.apply")
          .layer("denoise")
          .definedBy("tweedie.driver.denoise")
          .layer("code")
          .definedBy("tweedie.driver.code")
          .layer("export")
          .definedBy("tweedie.driver.export")
          .layer("model")
          .definedBy("tweedie.driver.model")
          .layer("run")
          .definedBy("tweedie.driver.run")
          .layer("cluster")
          .definedBy("tweedie.driver.cluster")
          .layer("progress")
          .definedBy("tweedie.driver.progress")
          .layer("page")
          .definedBy("tweedie.driver.page")
          .layer("config")
          .definedBy("tweedie.driver.config")
          .whereLayer("main")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("command")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("action")
          .mayOnlyBeAccessedByLayers("main", "command")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("measurements")
          .mayOnlyBeAccessedByLayers("action", "report")
          .whereLayer("evaluate")
          .mayOnlyBeAccessedByLayers("command", "action", "report", "measurements")
          .whereLayer("study")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("doctor")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("sample")
          .mayOnlyBeAccessedByLayers("command", "action", "ml")
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("command", "action", "study", "doctor", "ml")
          .whereLayer("imports")
          .mayOnlyBeAccessedByLayers("command", "action", "train", "ml")
          .whereLayer("table")
          .mayNotAccessAnyLayer()
          .whereLayer("apply")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("ml")
          .mayOnlyBeAccessedByLayers("apply")
          .whereLayer("denoise")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("code")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("export")
          .mayOnlyBeAccessedByLayers("command", "action")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("sample", "code", "evaluate", "measurements", "ml")
          .whereLayer("run")
          .mayOnlyAccessLayers("config")
          .whereLayer("cluster")
          .mayNotAccessAnyLayer()
          .whereLayer("progress")
          .mayNotAccessAnyLayer()
          .whereLayer("page")
          .mayNotAccessAnyLayer()
          .whereLayer("config")
          .mayNotAccessAnyLayer()
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers("main", "command", "action", "doctor")
          .whereLayer("page")
          .mayOnlyBeAccessedByLayers("report", "study");

  @ArchTest
  static final ArchRule measurementsDoNotKnowEachOther =
      slices().matching("tweedie.driver.evaluate.(*)").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule commandLinesAreReadInOneRoom =
      oneRoom("tweedie.driver.command", "picocli..");

  @ArchTest
  static final ArchRule settingsAreReadInOneRoom =
      oneRoom("tweedie.driver.config", "com.typesafe.config..");

  @ArchTest
  static final ArchRule progressIsDrawnInOneRoom =
      oneRoom("tweedie.driver.progress", "me.tongfei..");

  @ArchTest
  static final ArchRule pagesAreMadeInOneRoom = oneRoom("tweedie.driver.page", "com.samskivert..");

  @ArchTest
  static final ArchRule clustersAreWatchedInOneRoom =
      oneRoom(
          "tweedie.driver.cluster",
          "io.fabric8..",
          "org.apache.logging..",
          "org.apache.spark.deploy.k8s..");

  @ArchTest
  static final ArchRule pagesAndSettingsNeedNoCluster =
      noClasses()
          .that()
          .resideInAnyPackage(
              "tweedie.driver.page", "tweedie.driver.config", "tweedie.driver.report")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule filesHoldNoSerializedObjects =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectInput.class)
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(".*\\.(SerializationUtils|ModelSerializer)")
          .orShould()
          .callMethodWhere(
              JavaCall.Predicates.target(nameMatching(".*([oO]bject|[sS]equence)File.*")));

  /** A command asks an exception that reaches it for its status; all others count as bugs. */
  @ArchTest
  static final ArchRule exceptionsForOthersHaveAStatus =
      classes()
          .that()
          .areAssignableTo(Throwable.class)
          .and()
          .arePublic()
          .should()
          .beAssignableTo(TweedieException.class);

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("tweedie.(**)").should().beFreeOfCycles();

  private static ArchRule oneRoom(String room, String... library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(library);
  }

  private static DescribedPredicate<JavaClass> ours() {
    return JavaClass.Predicates.resideInAPackage("tweedie..");
  }

  private static DescribedPredicate<JavaClass> outside(String... packages) {
    return JavaClass.Predicates.resideOutsideOfPackages(packages);
  }
}
