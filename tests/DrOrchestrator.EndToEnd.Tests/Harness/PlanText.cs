using System.Text.RegularExpressions;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>A plan of a test's own: the shipped quickstart plan with a few changes. A change that finds nothing to change is a failure of the test.</summary>
internal sealed class PlanText
{
    private string _text;

    private PlanText(string text) => _text = text;

    /// <param name="name">The copy's name.</param>
    /// <param name="shipped">The name of the plan that is copied.</param>
    public static PlanText Quickstart(string name, string shipped = DrillRun.Quickstart) =>
        new PlanText(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "runbooks", shipped + ".yaml"))).Replace($"plan: {shipped}\n", $"plan: {name}\n");

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

    /// <summary>Takes the way back out, from a step on or whole.</summary>
    public PlanText EndingBefore(string? step = null)
    {
        int at = step is null ? _text.IndexOf("way-back:\n", StringComparison.Ordinal) : BlockOf(step).Index;
        at.Should().BePositive("the shipped plan has changed");
        _text = _text[..at];
        return this;
    }

    /// <summary>A question of its own right before a step: the run stands still there until the test has acted and somebody answers.</summary>
    public PlanText WithQuestionBefore(string text, string question)
    {
        int at = _text.IndexOf(text, StringComparison.Ordinal);
        at.Should().BePositive("the shipped plan has changed");
        _text = _text.Insert(at, $"  - name: {question}\n    kind: task\n    with: {{ role: operator, text: \"Go on?\" }}\n    timeout: 2m\n\n");
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
