using DrOrchestrator.Cli.Client;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Watching;

/// <summary>Where a followed run shows. Events and progress come from two sides; a view sorts that out itself.</summary>
internal interface IWatchView
{
    /// <summary>Something happened.</summary>
    void Event(RunEvent happened);

    /// <summary>Where it stands now.</summary>
    void Progress(RunProgressView progress);

    /// <summary>Shows while the work goes on.</summary>
    Task WhileAsync(Func<Task> work);
}
