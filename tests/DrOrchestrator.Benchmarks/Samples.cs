namespace DrOrchestrator.Benchmarks;

/// <summary>Durations of the same thing, in milliseconds.</summary>
internal sealed class Samples(IEnumerable<double> milliseconds)
{
    private readonly double[] _sorted = [.. milliseconds.Order()];

    public int Count => _sorted.Length;

    public double Min => _sorted[0];

    public double Max => _sorted[^1];

    public double Median => Quantile(0.5);

    /// <summary>Nearest rank.</summary>
    public double Quantile(double part) => _sorted[Math.Clamp((int)Math.Ceiling(part * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    public string Spread(string format = "F0") => $"{Median.ToString(format)} ms median of {Count} ({Min.ToString(format)} to {Max.ToString(format)})";

    /// <summary>Runs something several times.</summary>
    public static async Task<Samples> OfAsync(int times, Func<Task> act)
    {
        var taken = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await act();
            taken.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
        }

        return new Samples(taken);
    }
}
