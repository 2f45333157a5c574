package tweedie.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A setting, or all settings of a group, that may differ between the trainings of a study that are
 * done and those to come; with another value of any other it would be another study.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface FreeInStudy {}
