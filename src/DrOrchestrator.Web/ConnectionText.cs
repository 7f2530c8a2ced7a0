namespace DrOrchestrator.Web;

/// <summary>A connection string, which may hold a password: it shows itself to nobody, also not as a part of what is printed whole.</summary>
public sealed class ConnectionText(string value)
{
    /// <summary>The text, for the one place that connects.</summary>
    public string Reveal() => value;

    /// <summary>Says what it is and nothing of it.</summary>
    public override string ToString() => "(a connection string)";
}
