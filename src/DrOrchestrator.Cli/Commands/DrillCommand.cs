using System.CommandLine;
using DrOrchestrator.Cli.Output;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro drill ...</c></summary>
internal static class DrillCommand
{
    public static Command Build(Terminal terminal) => new("drill", "Start, watch, answer, stop, list and compare runs of plans")
    {
        DrillStartCommand.Build(terminal),
        DrillWatchCommand.Build(terminal),
        DrillListCommand.Build(terminal),
        DrillShowCommand.Build(terminal),
        DrillDiffCommand.Build(terminal),
        DrillApproveCommand.Approve(terminal),
        DrillApproveCommand.Refuse(terminal),
        DrillReviewCommand.Build(terminal),
        DrillSettleCommand.Build(terminal),
        DrillOrderCommand.Abort(terminal),
        DrillOrderCommand.Pause(terminal),
        DrillOrderCommand.Resume(terminal),
        DrillOrderCommand.Report(terminal),
    };
}
