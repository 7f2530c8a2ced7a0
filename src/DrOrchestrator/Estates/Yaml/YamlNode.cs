namespace DrOrchestrator.Estates.Yaml;

/// <summary>A value in a YAML file, with its place.</summary>
internal abstract record YamlNode(Place Place)
{
    /// <summary>For "found a ..." in errors; never the value itself.</summary>
    public abstract string Describe();
}

/// <summary>Text between quotes or without; only without is it ever a number, a boolean or nothing.</summary>
internal sealed record YamlScalar(Place Place, string Text, bool IsPlain) : YamlNode(Place)
{
    /// <summary>Nothing written, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");

    public override string Describe() => IsNull ? "nothing" : "a text";
}

internal sealed record YamlSequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place)
{
    public override string Describe() => "a list";
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

internal sealed record YamlMapping(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place)
{
    public override string Describe() => "a mapping";

    /// <summary>The value of a key, without consuming it; null when absent.</summary>
    public YamlNode? Peek(string key) => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;
}

/// <summary>Something already reported (an alias, a tag): readers pass over it silently, so that one mistake is one error.</summary>
internal sealed record YamlRefused(Place Place) : YamlNode(Place)
{
    public override string Describe() => "something refused";
}
