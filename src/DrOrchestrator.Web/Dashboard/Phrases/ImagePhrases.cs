namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>What the gate on images says.</summary>
internal static class ImagePhrases
{
    public static IReadOnlyList<Phrase> All { get; } =
    [
        // checks
        new("images-known {site:name} {workload:name} imagePullSecrets", "镜像可用：{site} {workload} 拉取凭据"),
        new("images-known {site:name} {namespace:name} {container:name}", "镜像可用：{site} {namespace} {container}"),
        new("images-known {site:name} {workload:name}", "镜像可用：{site} {workload}"),
        new("images-known {site:name}", "镜像可用：{site}"),

        // values
        new("{image:name} comes from {registry:name}", "{image} 来自 {registry}"),
        new("it is pulled at each start from {registry:name}, which the plan names", "每次启动都从预案列明的 {registry} 拉取"),
        new("it is pulled from {registry:name}, which the plan names", "将从预案列明的 {registry} 拉取"),
        new("it is pulled at each start from {registry:name}, and nothing says that it answers when the other site is dark", "每次启动都从 {registry} 拉取，而无从得知另一中心中断时它是否有应答"),
        new("{image:name} is listed on {count:figure} of {all:figure} nodes, and a node lists no more than 50", "{all} 个节点中 {count} 个列有 {image}；每个节点最多列出 50 个镜像"),
        new("{image:name} is listed on {count:figure} of {all:figure} nodes", "{all} 个节点中 {count} 个列有 {image}"),
        new("{site:name} does not say by digest which image it runs", "{site} 没有以摘要说明所运行的镜像"),
        new("nothing at {site:name} says which digest {image:name} is", "{site} 无从得知 {image} 的摘要"),
        new("{image:name} is {digests:names} at {site:name}, {other:name} runs {running:names}", "{image} 在 {site} 为 {digests}，{other} 运行的是 {running}"),
        new("there: {names:names}", "存在：{names}"),
        new("not there: {names:names}", "不存在：{names}"),

        // limits
        new("can be had there without the other site, and is the one that {site:name} runs", "不依赖另一中心即可取得，且与 {site} 运行的相同"),
        new("can be had there without the other site", "不依赖另一中心即可取得"),
        new("are there", "存在"),

        // sources
        new("nodes, workloads and pods in the Kubernetes API of {site:name} and {other:name}", "{site} 和 {other} 的 Kubernetes API：节点、工作负载和容器组"),
        new("nodes, workloads and pods in the Kubernetes API of {site:name}", "{site} 的 Kubernetes API：节点、工作负载和容器组"),

        // remedies
        new("Have a registry of the site hold it and name the image there; allowed by the plan: {registries:names}.", "请把镜像存入该中心的镜像仓库并改用其名称；预案允许：{registries}。"),
        new("Set imagePullPolicy IfNotPresent and pin the image by its digest; or name the registry in the gate once you know that it stands at the site.", "请设置 imagePullPolicy 为 IfNotPresent 并以摘要固定镜像；或在确认镜像仓库位于该中心后在本检查中列明。"),
        new("Bring the image to every node: its imagePullPolicy is Never.", "请把镜像放到每个节点：其 imagePullPolicy 为 Never。"),
        new("Pull it on every node beforehand (a DaemonSet does), or name {registry:name} in the gate once you know that it can be reached without the other site.", "请事先在每个节点拉取（可用 DaemonSet），或在确认不依赖另一中心即可访问 {registry} 后在本检查中列明。"),
        new("See that the workload runs at {site:name} from a registry, or leave 'from' out.", "请确认该工作负载在 {site} 以镜像仓库中的镜像运行，或去掉 from。"),
        new("Pin the image by its digest at both sites.", "请在两个中心都以摘要固定镜像。"),
        new("The tag has moved, or the sites were deployed apart: deploy the same digest at both.", "标签已指向其他镜像，或两个中心部署不一致：请在两处部署相同摘要。"),
        new("Create these Secrets in the workload's namespace at the site.", "请在该中心工作负载的命名空间中创建这些 Secret。"),
        new("See that the API of each site answers and that the kubeconfig's user may read the workloads, pods and the Secrets by which they pull, and list nodes.", "请确认各中心的 API 有应答，且所用账号有权读取工作负载、容器组及其拉取凭据，并列出节点。"),
    ];
}
