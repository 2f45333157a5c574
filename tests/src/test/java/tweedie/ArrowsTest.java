package tweedie;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
import tweedie.data.ImageShape;

/**
 * The arrows of the design: driver to train, sample, evaluate; these to network and data; these to
 * score.
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
  static final ArchRule scoreKnowsNeitherNetworkNorCluster =
      noClasses()
          .that()
          .resideInAPackage("tweedie.score..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(LIBRARIES_OF_JOBS)
          .orShould()
          .dependOnClassesThat(ours().and(outside("tweedie.score")));

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
                  .and(outside("tweedie.score", "tweedie.sample"))
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
                          "tweedie.score", "tweedie.network", "tweedie.data", "tweedie.evaluate")));

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
          .resideOutsideOfPackage("tweedie.driver..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("tweedie.driver..");

  @ArchTest
  static final ArchRule onlyTheDriverReadsCommandLinesAndSettings =
      noClasses()
          .that()
          .resideOutsideOfPackage("tweedie.driver..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "com.typesafe.config..", "me.tongfei..");

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

  private static DescribedPredicate<JavaClass> ours() {
    return JavaClass.Predicates.resideInAPackage("tweedie..");
  }

  private static DescribedPredicate<JavaClass> outside(String... packages) {
    return JavaClass.Predicates.resideOutsideOfPackages(packages);
  }
}
