using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Drills;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DrOrchestrator.Cli.Watching;

/// <summary>On a terminal: where the run stands, the clock against its limit, who is waited for, and the newest events, in one place.</summary>
internal sealed class LiveWatchView(IAnsiConsole console) : IWatchView
{
    private const int ShownEvents = 12;
    private readonly Lock _oneAtATime = new();
    private readonly Queue<string> _events = new();
    private RunProgressView? _progress;
    private LiveDisplayContext? _display;

    public void Event(RunEvent happened) => Change(() =>
    {
        _events.Enqueue(RunText.Event(happened));
        if (_events.Count > ShownEvents)
        {
            _events.Dequeue();
        }
    });

    public void Progress(RunProgressView progress) => Change(() => _progress = progress);

    public Task WhileAsync(Func<Task> work) => console.Live(Picture()).AutoClear(false).StartAsync(async display =>
    {
        lock (_oneAtATime)
        {
            _display = display;
        }

        try
        {
            await work();
        }
        finally
        {
            lock (_oneAtATime)
            {
                _display = null;
            }
        }
    });

    private void Change(Action change)
    {
        lock (_oneAtATime)
        {
            change();
            _display?.UpdateTarget(Picture());
        }
    }

    /// <summary>One fact, one line: a wrapped one would push the rest off a small screen.</summary>
    private Rows Picture()
    {
        var lines = new List<IRenderable>();
        if (_progress is { } progress)
        {
            lines.Add(Line($"Run {progress.Id}  {progress.Plan}  {progress.Outcome}: {progress.Phase}", Style.Plain));
            lines.Add(Line($"{ProgressText.Bar(progress)} {ProgressText.Steps(progress)}", Style.Plain));
            lines.AddRange(ProgressText.Clocks(progress).Select(clock => Line(clock, clock.EndsWith("LIMIT)", StringComparison.Ordinal) ? Style.Parse("red") : Style.Plain)));
            lines.AddRange(ProgressText.Waits(progress).Select(waits => Line(waits, Style.Parse("yellow"))));
            lines.Add(Text.Empty);
        }

        lines.AddRange(_events.Select(happened => Line("  " + happened, Style.Plain)));
        return new Rows(lines);
    }

    private Text Line(string text, Style style)
    {
        var width = console.Profile.Width - 1;
        return new Text(text.Length <= width ? text : text[..Math.Max(0, width - 1)] + '…', style);
    }
}
