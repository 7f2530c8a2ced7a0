using System.Text.RegularExpressions;

namespace DrOrchestrator.Estates;

/// <summary>What an answer must be beyond its status. All of it must hold; the first that does not is the reason.</summary>
/// <param name="Contains">Texts the body must contain.</param>
/// <param name="DoesNotContain">Texts it must not contain.</param>
/// <param name="Matches">A pattern with a time limit; null for none.</param>
public sealed record HttpExpectations(
    IReadOnlyList<string> Contains,
    IReadOnlyList<string> DoesNotContain,
    Regex? Matches,
    IReadOnlyList<JsonExpectation> Json,
    IReadOnlyList<HeaderExpectation> Headers);

/// <summary>What must stand at a place of a JSON answer. Without any condition the place must exist.</summary>
/// <param name="EqualTo">Text of the value: a string's own, otherwise as JSON writes it; numbers compare as numbers.</param>
/// <param name="Exists">False where there must be nothing.</param>
/// <param name="IsValue">The number there is the probe's value.</param>
public sealed record JsonExpectation(JsonPath Path, string? EqualTo, double? AtLeast, double? AtMost, bool Exists, bool IsValue);

/// <summary>What a header of the answer must be. Without any condition it must be there.</summary>
public sealed record HeaderExpectation(string Name, string? EqualTo, string? Contains, Regex? Matches, bool Absent);
