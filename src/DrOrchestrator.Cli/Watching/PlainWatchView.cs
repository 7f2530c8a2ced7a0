using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Watching;

/// <summary>Off a terminal: events as they come, and a line of progress when something about it changed, or every ten seconds while a clock runs.</summary>
internal sealed class PlainWatchView(TextWriter writer) : IWatchView
{
    private static readonly TimeSpan WhileAClockRuns = TimeSpan.FromSeconds(10);
    private readonly Lock _oneAtATime = new();
    private string _said = "";
    private DateTimeOffset _saidAt;

    public void Event(RunEvent happened)
    {
        lock (_oneAtATime)
        {
            writer.WriteLine(RunText.Event(happened));
        }
    }

    public void Progress(RunProgressView progress)
    {
        var changes = string.Join("; ", [ProgressText.Steps(progress), .. ProgressText.Waits(progress)]);
        lock (_oneAtATime)
        {
            if (changes == _said && !(progress.Clocks.Count > 0 && progress.At - _saidAt >= WhileAClockRuns))
            {
                return;
            }

            (_said, _saidAt) = (changes, progress.At);
            writer.WriteLine($"{Wording.Clock(progress.At)}  -- {string.Join("; ", [ProgressText.Steps(progress), .. ProgressText.Clocks(progress), .. ProgressText.Waits(progress)])}");
        }
    }

    public Task WhileAsync(Func<Task> work) => work();
}
