namespace DrOrchestrator.Estates;

/// <summary>One thing wrong in a file people write; all are reported at once.</summary>
/// <param name="File">File name relative to its folder.</param>
/// <param name="Line">1-based; 0 when the whole file is meant.</param>
/// <param name="Column">1-based; 0 when the whole line is meant.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Allowed">What may stand there.</param>
/// <param name="Nearest">The allowed word most like the found one, or null.</param>
/// <param name="Remedy">What to do.</param>
public sealed record EstateError(string File, int Line, int Column, string Found, string Allowed, string? Nearest, string Remedy)
{
    /// <summary><c>estate.yaml:12:5: found 'htpt'; allowed: http, tcp; did you mean 'http'?</c></summary>
    public override string ToString() =>
        $"{File}{(Line > 0 ? $":{Line}" : "")}{(Column > 0 ? $":{Column}" : "")}: {Found}"
        + (Allowed.Length > 0 ? $"; allowed: {Allowed}" : "")
        + (Nearest is null ? "" : $"; did you mean '{Nearest}'?")
        + (Remedy.Length == 0 ? "" : Nearest is null ? $". {Remedy}" : $" {Remedy}");
}
