using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Drills;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>The live table of a terminal: sites on top, what is being done below it, then the newest events of the run.</summary>
internal sealed class LiveView(IAnsiConsole console) : IQuickstartView
{
    private const int ShownEvents = 12;

    private readonly Lock _oneAtATime = new();
    private readonly Queue<string> _events = new();
    private StatusView _status = new();
    private string _stage = "";
    private LiveDisplayContext? _display;

    public void Stage(string text) => Change(() => _stage = text);

    public void Status(StatusView status) => Change(() => _status = status);

    public void Event(RunEvent happened) => Change(() =>
    {
        _events.Enqueue(RunText.Event(happened));
        if (_events.Count > ShownEvents)
        {
            _events.Dequeue();
        }
    });

    public Task<T> WhileAsync<T>(Func<Task<T>> work) => console.Live(Picture()).AutoClear(false).StartAsync(async display =>
    {
        lock (_oneAtATime)
        {
            _display = display;
        }

        try
        {
            return await work();
        }
        finally
        {
            lock (_oneAtATime)
            {
                _display = null;
            }
        }
    });

    private static string Colour(string state) => state switch
    {
        "up" or "met" => "green",
        "down" or "breached" or "not-protected" => "red",
        "degraded" or "at-risk" or "maintenance" => "yellow",
        _ => "default",
    };

    /// <summary>One event, one line: a wrapped one would push the table off a small screen.</summary>
    private static string Fit(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width - 1)] + '…';

    private void Change(Action change)
    {
        lock (_oneAtATime)
        {
            change();
            _display?.UpdateTarget(Picture());
        }
    }

    private Rows Picture()
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var word in StatusRows.Head)
        {
            table.AddColumn(new TableColumn(word).NoWrap().Padding(0, 0, 2, 0));
        }

        foreach (var row in StatusRows.Of(_status))
        {
            table.AddRow(new Text(row.Site), new Text(row.Role), Coloured(row.State), new Text(row.Latency), new Text(row.Exposure), new Text(row.Availability), Coloured(row.Verdict));
        }

        var lines = new List<IRenderable>();
        if (table.Rows.Count > 0)
        {
            lines.Add(table);
            lines.Add(Text.Empty);
        }

        lines.Add(new Text(_stage));
        lines.AddRange(_events.Select(happened => new Text(Fit("  " + happened, console.Profile.Width - 1))));
        return new Rows(lines);
    }

    private static Text Coloured(string word) => new(word, Style.Parse(Colour(word)));
}
