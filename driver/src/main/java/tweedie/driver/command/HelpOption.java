package tweedie.driver.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The option every command has. */
@Command(
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:the command line, the configuration or the input is wrong; nothing was changed",
      "3:another process works in the same directory"
    })
final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean asked;
}
