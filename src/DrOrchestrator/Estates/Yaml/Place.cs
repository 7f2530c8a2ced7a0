namespace DrOrchestrator.Estates.Yaml;

/// <summary>Where something stands. Line and column are 1-based; 0 when the whole file is meant.</summary>
internal readonly record struct Place(string File, int Line, int Column)
{
    public static Place Whole(string file) => new(file, 0, 0);

    /// <summary>For "first at ..." within another error.</summary>
    public override string ToString() => $"{File}:{Line}";
}
