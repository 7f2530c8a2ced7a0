using System.Text.RegularExpressions;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A plan of a test's own: the shipped quickstart plan with a few changes. A change that finds nothing to change is a failure of the test.</summary>
internal sealed class PlanText
{
    private string _text;

    private PlanText(string text) => _text = text;

    /// <param name="name">The copy's name.</param>
    public static PlanText Quickstart(string name) =>
        new PlanText(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "runbooks", "quickstart-failover.yaml")))
            .Replace($"plan: {DrillRun.Quickstart}", $"plan: {name}");

    public PlanText Replace(string old, string by)
    {
        _text.Should().Contain(old, "the shipped plan has changed");
        _text = _text.Replace(old, by, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Takes a whole step out.</summary>
    public PlanText Without(string step)
    {
        Match block = BlockOf(step);
        _text = _text.Remove(block.Index, block.Length);
        return this;
    }

    /// <summary>The switch alone.</summary>
    public PlanText WithoutWayBack()
    {
        int at = _text.IndexOf("\nway-back:\n", StringComparison.Ordinal);
        at.Should().BePositive("the shipped plan has changed");
        _text = _text[..(at + 1)];
        return this;
    }

    /// <summary>A pause of its own right before a step, long enough to act in.</summary>
    public PlanText WithPauseBefore(string text, string pause, string length)
    {
        int at = _text.IndexOf(text, StringComparison.Ordinal);
        at.Should().BePositive("the shipped plan has changed");
        _text = _text.Insert(at, $"  - name: {pause}\n    kind: wait\n    with: {{ for: {length} }}\n\n");
        return this;
    }

    /// <summary>Changes the timeout of a step.</summary>
    public PlanText WithTimeout(string step, string timeout)
    {
        Match block = BlockOf(step);
        string changed = Regex.Replace(block.Value, @"(?<=\n\s+timeout: )\S+", timeout);
        changed.Should().NotBe(block.Value, "the shipped plan has changed");
        _text = _text.Remove(block.Index, block.Length).Insert(block.Index, changed);
        return this;
    }

    /// <summary>Writes the plan into the lab's estate and names it there; before a server reads the estate.</summary>
    public void AddTo(LabProcess lab)
    {
        string file = Regex.Match(_text, @"^plan: (\S+)", RegexOptions.Multiline).Groups[1].Value + ".yaml";
        File.WriteAllText(Path.Combine(lab.Estate, file), _text);
        lab.EditEstate("plans: [", $"plans: [{file}, ");
    }

    private Match BlockOf(string step)
    {
        // A step ends at a blank line, or where the next one of a parallel block (or its comment) begins.
        Match block = Regex.Match(_text, $@"^(?<indent> +)- name: {Regex.Escape(step)}\n(?:\k<indent> +\S.*\n)*\n?", RegexOptions.Multiline);
        block.Success.Should().BeTrue($"the shipped plan has a step {step}");
        return block;
    }
}
