using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>Lines of progress for logs and pipes: stages, events, and the state of a site when it changes.</summary>
internal sealed class PlainView(TextWriter writer) : IQuickstartView
{
    private readonly Lock _oneAtATime = new();
    private readonly Dictionary<string, string> _shown = [];

    public void Stage(string text) => Line(text);

    public void Event(RunEvent happened) => Line("  " + RunText.Event(happened));

    public void Status(StatusView status)
    {
        foreach (var row in StatusRows.Of(status))
        {
            var state = $"{row.Role}, {row.State}{(row.Exposure.EndsWith("unknown", StringComparison.Ordinal) ? ", exposure unknown" : "")}";
            lock (_oneAtATime)
            {
                if (_shown.GetValueOrDefault(row.Site) == state)
                {
                    continue;
                }

                _shown[row.Site] = state;
                writer.WriteLine($"  {row.Site}: {state}");
            }
        }
    }

    public Task<T> WhileAsync<T>(Func<Task<T>> work) => work();

    private void Line(string text)
    {
        lock (_oneAtATime)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }
}
