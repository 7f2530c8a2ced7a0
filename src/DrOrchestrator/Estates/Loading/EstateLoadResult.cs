using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>What became of reading an estate. A closed set: a bad file never yields half an estate.</summary>
public abstract record EstateLoadResult
{
    private EstateLoadResult()
    {
    }

    /// <summary>Everything is good.</summary>
    /// <param name="Plans">By the name of the plan (not of its file).</param>
    public sealed record Loaded(Estate Estate, IReadOnlyDictionary<string, Plan> Plans) : EstateLoadResult
    {
        /// <summary>What is allowed and will hurt one day, by file and line.</summary>
        public IReadOnlyList<EstateError> Warnings { get; init; } = [];
    }

    /// <summary>Everything that is wrong, by file and line.</summary>
    public sealed record Refused(IReadOnlyList<EstateError> Errors) : EstateLoadResult;
}
