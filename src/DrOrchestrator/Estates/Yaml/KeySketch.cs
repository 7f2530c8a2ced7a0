namespace DrOrchestrator.Estates.Yaml;

/// <summary>
/// What readers ask of mappings, written down while they read: the keys asked for are the keys allowed, so that what is drawn from it cannot differ from them. Only a sketch: it
/// knows what was asked of the files that were read, and nothing of rules between keys.
/// </summary>
internal sealed class KeySketch
{
    private readonly Dictionary<YamlNode, string> _what = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SketchedMapping> _mappings = new(StringComparer.Ordinal);

    /// <summary>By what each mapping describes (<c>a site</c>).</summary>
    public IReadOnlyDictionary<string, SketchedMapping> Mappings => _mappings;

    /// <summary>What a node was read as; null where it was read as no mapping.</summary>
    public string? WhatOf(YamlNode node) => _what.GetValueOrDefault(node);

    public void Viewed(YamlMapping mapping, string what)
    {
        _what[mapping] = what;
        Of(what).Seen.Add(mapping);
    }

    /// <summary>Its keys are names of the reader's own, such as sites or headers: any may stand there.</summary>
    public void Opened(string what) => Of(what).IsOpen = true;

    public void Asked(YamlMapping mapping, string what, string key, YamlNode? value, bool required = false, string allowed = "", SketchedForm form = SketchedForm.Any, IEnumerable<string>? words = null)
    {
        var of = Of(what);
        if (!of.Keys.TryGetValue(key, out var sketched))
        {
            of.Keys[key] = sketched = new SketchedKey();
        }

        if (required)
        {
            sketched.RequiredIn.Add(mapping);
        }

        sketched.Allowed = allowed.Length > 0 ? allowed : sketched.Allowed;
        sketched.Values.AddRange(value is null ? [] : [value]);
        sketched.Forms.UnionWith(form is SketchedForm.Any ? [] : [form]);
        if (words is not null)
        {
            sketched.Words = [.. (sketched.Words ?? []).Union(words, StringComparer.Ordinal)];
        }
    }

    private SketchedMapping Of(string what) => _mappings.TryGetValue(what, out var found) ? found : _mappings[what] = new SketchedMapping();
}

/// <summary>How a key was read.</summary>
internal enum SketchedForm
{
    /// <summary>Not told: anything may stand there.</summary>
    Any,

    /// <summary>One value.</summary>
    Scalar,

    /// <summary>A mapping.</summary>
    Mapping,

    /// <summary>A list.</summary>
    List,
}

/// <summary>Mappings that describe the same.</summary>
internal sealed class SketchedMapping
{
    public HashSet<YamlMapping> Seen { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>In the order of asking.</summary>
    public Dictionary<string, SketchedKey> Keys { get; } = new(StringComparer.Ordinal);

    public bool IsOpen { get; set; }
}

/// <summary>One key of them.</summary>
internal sealed class SketchedKey
{
    public HashSet<YamlMapping> RequiredIn { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What an error says of its value.</summary>
    public string Allowed { get; set; } = "";

    public List<YamlNode> Values { get; } = [];

    public HashSet<SketchedForm> Forms { get; } = [];

    /// <summary>The words it takes; null where it takes others too.</summary>
    public IReadOnlyList<string>? Words { get; set; }
}
