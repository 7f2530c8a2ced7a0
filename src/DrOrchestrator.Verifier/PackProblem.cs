namespace DrOrchestrator.Verifier;

/// <summary>One thing that is wrong with a pack.</summary>
/// <param name="Entry">Entry of the ZIP, <c>(central directory)</c>, <c>(end of archive)</c> or <c>(outside checkpoint)</c>.</param>
/// <param name="Place">Where in it: a line and record, or a byte offset of the file and the field's meaning.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What must be there.</param>
public sealed record PackProblem(string Entry, string Place, string Found, string Expected)
{
    /// <inheritdoc />
    public override string ToString() => $"{Entry}, {Place}: found {Found}; expected {Expected}.";
}

/// <summary>Ends the reading at the first problem; never leaves this project.</summary>
internal sealed class PackFlawException(PackProblem problem) : Exception(problem.ToString())
{
    public PackFlawException(string entry, string place, string found, string expected)
        : this(new PackProblem(entry, place, found, expected))
    {
    }

    public PackProblem Problem { get; } = problem;
}
