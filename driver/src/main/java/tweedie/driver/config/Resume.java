package tweedie.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import tweedie.driver.config.SettingsChange.Rule;

/**
 * Whether a setting, or all settings of a group, may change while a run goes on. The innermost one
 * decides; a setting without one, and in no group with one, may not.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Resume {

  /** What becomes of a change. */
  Rule value();
}
