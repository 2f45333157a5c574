package tweedie.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The interval a number of the settings, or every number of a list, must lie in. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Range {

  /** The interval as in mathematics: {@code [1, inf)}, {@code (0, 1]}. */
  String value();
}
