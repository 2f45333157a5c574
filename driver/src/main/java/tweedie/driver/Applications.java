package tweedie.driver;

/** What each command does once its command line and settings are known to be right. */
class Applications {

  void importImages(ImportRequest request, SparkSessions spark) {
    throw new UnsupportedOperationException("import");
  }

  void train(TrainRequest request, SparkSessions spark) {
    throw new UnsupportedOperationException("train");
  }

  void sample(SampleRequest request, SparkSessions spark) {
    throw new UnsupportedOperationException("sample");
  }

  void demo(DemoRequest request, SparkSessions spark) {
    throw new UnsupportedOperationException("demo");
  }
}
