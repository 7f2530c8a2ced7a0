namespace DrOrchestrator.Web.Dashboard;

/// <summary>A stretch of time laid out from left to right; drawn with attributes only, because the page's policy allows no inline styles.</summary>
internal sealed record Axis(DateTimeOffset From, DateTimeOffset To)
{
    private const double Width = 1000;
    private const double Narrowest = 2;

    /// <summary>A bar, cut to the axis and never too thin to see.</summary>
    public Html Bar(string fill, DateTimeOffset start, DateTimeOffset end, string title)
    {
        var left = Place(start);
        var width = Math.Max(Place(end) - left, Narrowest);
        return end < From || start > To
            ? Html.Empty
            : Html.Of($"<rect class=\"{fill}\" x=\"{Math.Min(left, Width - Narrowest)}\" width=\"{width}\" height=\"14\"><title>{title}</title></rect>");
    }

    public static Html Draw(Html bars) => Html.Of($"<svg viewBox=\"0 0 1000 14\" height=\"14\" preserveAspectRatio=\"none\">{bars}</svg>");

    private double Place(DateTimeOffset at) => To <= From ? 0 : Math.Clamp((at - From) / (To - From), 0, 1) * Width;
}
