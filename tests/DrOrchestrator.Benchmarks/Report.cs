namespace DrOrchestrator.Benchmarks;

/// <summary>One figure, printed when it is known, with the load it was taken under.</summary>
/// <param name="Budget">Empty for a floor, a peer or a remark.</param>
/// <param name="Met">Null where there is no budget.</param>
internal sealed record Figure(string What, string Measured, string Budget = "", bool? Met = null);

/// <summary>The table, for a terminal or for docs/performance.md.</summary>
internal sealed class Report(TextWriter output, bool markdown)
{
    public void Begin()
    {
        var day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd");
        output.WriteLine($"{Machine.Describe(AppContext.BaseDirectory)}; {day}; load {Machine.Load}");
        output.WriteLine();
        if (markdown)
        {
            output.WriteLine("| figure | measured | budget | met | load |");
            output.WriteLine("| --- | --- | --- | --- | --- |");
        }
    }

    public void Add(Figure figure)
    {
        var met = figure.Met switch { true => "yes", false => "NO", null => "" };
        output.WriteLine(markdown
            ? $"| {figure.What} | {figure.Measured} | {figure.Budget} | {met} | {Machine.Load} |"
            : $"{figure.What,-56} {figure.Measured,-52} {figure.Budget,-12} {met,-4} load {Machine.Load}");
        output.Flush();
    }
}
