using DrOrchestrator.Testing.Kubernetes.Real;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>One case of the suite. In a class that stands for a real cluster it is skipped, and says so, where none is named by <see cref="RealClusters.Variable" />.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance.ConformanceDiscoverer", "DrOrchestrator.Sandbox.Tests")]
internal sealed class ConformanceFactAttribute : FactAttribute;

/// <summary>Marks a class whose cases speak to a real cluster.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnARealClusterAttribute : Attribute;

/// <summary>Makes the cases; the class they are inherited by decides whether they can run.</summary>
public sealed class ConformanceDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    /// <inheritdoc />
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ConformanceCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod);
}

/// <summary>A case that knows whether its cluster is there.</summary>
public sealed class ConformanceCase : XunitTestCase
{
    /// <summary>For xunit, which reads cases back.</summary>
    [Obsolete("For xunit alone.", error: false)]
    public ConformanceCase()
    {
    }

    /// <summary>A case of a method.</summary>
    public ConformanceCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod testMethod)
        : base(messages, display, options, testMethod)
    {
    }

    /// <inheritdoc />
    protected override string GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(OnARealClusterAttribute)).Any() && RealClusters.Kubeconfig is null
            ? $"no real cluster is named: set {RealClusters.Variable} to a kubeconfig with the contexts primary and dr."
            : base.GetSkipReason(factAttribute);
}
