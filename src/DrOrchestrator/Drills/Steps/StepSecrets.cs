using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.Steps;

/// <summary>Secrets that a step hands over, read at the moment of their use; no word of what comes back holds one.</summary>
internal sealed class StepSecrets
{
    private readonly IReadOnlyDictionary<string, string> _values;

    private StepSecrets(IReadOnlyDictionary<string, string> values) => _values = values;

    /// <summary>Of a step that is handed none.</summary>
    public static StepSecrets None { get; } = new(new Dictionary<string, string>());

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <param name="files">Full paths, by name.</param>
    /// <exception cref="StepFailedException">One cannot be read.</exception>
    public static StepSecrets Read(IReadOnlyDictionary<string, string> files) => new(files.ToDictionary(
        one => one.Key,
        one => new SecretReference.File(one.Value).TryRead(out var value, out var problem) ? value : throw new StepFailedException($"the secret {one.Key} cannot be read: {problem}"),
        StringComparer.Ordinal));

    /// <summary>The text with the name of each secret in its place, in whatever way it is written (<see cref="SecretForms"/>).</summary>
    /// <param name="isCut">The text ends where a limit was, perhaps in the middle of one: as much of it as could be one is left out.</param>
    public string Mask(string text, bool isCut = false)
    {
        // The longest first: one may hold another.
        foreach (var (name, value) in _values.OrderByDescending(one => one.Value.Length))
        {
            text = SecretForms.Mask(text, value, $"[secret {name}]");
        }

        return !isCut || _values.Count == 0 ? text : text[..Math.Max(0, text.Length - _values.Values.Max(value => SecretForms.Of(value)[0].Length))];
    }
}
