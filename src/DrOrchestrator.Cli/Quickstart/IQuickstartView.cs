using DrOrchestrator.Cli.Client;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>Where progress is shown: a live table on a terminal, plain lines anywhere else.</summary>
internal interface IQuickstartView
{
    /// <summary>What is being done now.</summary>
    void Stage(string text);

    /// <summary>The newest status.</summary>
    void Status(StatusView status);

    /// <summary>A line of the run's story.</summary>
    void Event(RunEvent happened);

    /// <summary>Shows until <paramref name="work"/> ends, and leaves the terminal as it was.</summary>
    Task<T> WhileAsync<T>(Func<Task<T>> work);
}
