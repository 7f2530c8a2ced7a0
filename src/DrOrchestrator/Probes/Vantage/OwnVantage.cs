using DrOrchestrator.Estates;

namespace DrOrchestrator.Probes.Vantage;

/// <summary>Which of the estate's vantage points this server is (<c>dro serve --vantage NAME</c>).</summary>
/// <param name="Name">Null where the server was told none: then it is the only one declared.</param>
public sealed record OwnVantage(string? Name)
{
    /// <summary>What is wrong with the name, for people, with what to do; null when nothing is.</summary>
    public string? Problem(Estate estate)
    {
        var declared = string.Join(", ", estate.VantagePoints.Select(point => point.Name));
        return Name is null
            ? estate.VantagePoints.Count > 1 ? $"the estate declares several vantage points; say which one this server is: --vantage {declared.Replace(", ", " or --vantage ", StringComparison.Ordinal)}" : null
            : estate.VantagePoints.Any(point => point.Name == Name) ? null
            : $"--vantage: found '{Name}'; allowed: {(declared.Length > 0 ? declared : "none, the estate declares no vantage point")}";
    }

    /// <summary>The one of this estate; <see cref="VantagePoint.Undeclared"/> where there is none.</summary>
    public VantagePoint Of(Estate estate) =>
        (Name is null ? estate.VantagePoints.FirstOrDefault() : estate.VantagePoints.FirstOrDefault(point => point.Name == Name)) ?? VantagePoint.Undeclared;
}
