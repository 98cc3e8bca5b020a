using System.Reflection;
using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Testing;

/// <summary>A device, reached through the launch overload users call.</summary>
internal class DeviceTarget(Device device, string name, long workLimit) : TestTarget(name, workLimit)
{
    public DeviceTarget(Device device)
        : this(device, NameOf(device), device.IsReference ? 2_000_000 : EmulatedCuda.IsEmulated(device) ? 400_000 : long.MaxValue)
    {
    }

    /// <inheritdoc/>
    internal override bool Runs(KernelDefinition kernel, string typeKey) => !TestDevices.IsOlder(device) || HasNewerPtx(kernel, typeKey);

    /// <inheritdoc/>
    internal override bool RoundsProducts(KernelDefinition kernel, string typeKey) =>
        device.Info.Features.HasFlag(DeviceFeatures.MatrixInstructions) && HasNewerPtx(kernel, typeKey);

    /// <inheritdoc/>
    internal override bool IsSlowToCompile => device.Kind == DeviceKind.OpenCl;

    /// <inheritdoc/>
    public override bool IsTunable => device.Schedules is not null;

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, byte[]> Run(KernelInputs inputs, IReadOnlyDictionary<string, TensorImage> images)
    {
        if (!IsTunable || inputs.Test.Schedule.Count == 0)
            return Launched(inputs, images);

        // Other tests launch on the device meanwhile: what it is tuned to stays as it is.
        using Device own = Device.Open(new DeviceOptions
        {
            Kind = device.Kind,
            Threads = device.Info.ComputeUnits,
            VectorBits = device.Info.VectorBits,
            ScheduleFile = ScheduleFile.Off,
        });
        KernelVariantSet variants = KernelRegistry.Find(inputs.Test.Kernel, string.Join(",", inputs.Test.TypeArguments));
        foreach ((string parameter, int value) in inputs.Test.Schedule)
            own.Schedules!.Set(variants, parameter, value);
        return new DeviceTarget(own).Launched(inputs, images);
    }

    private Dictionary<string, byte[]> Launched(KernelInputs inputs, IReadOnlyDictionary<string, TensorImage> images)
    {
        var memories = new List<DeviceMemory>();
        try
        {
            var views = new Dictionary<string, (DeviceMemory Memory, object View)>();
            foreach ((string name, TensorImage image) in images)
            {
                DeviceMemory memory = device.AllocateBytes(image.Before.Length);
                memories.Add(memory);
                memory.Write(0, image.Before);
                Tensor tensor = inputs.Tensors[name];
                views.Add(name, (memory, tensor.IsPanels
                    ? tensor.Element.Panels(memory, image.ByteOffset, tensor.Extents)
                    : tensor.Element.View(memory, image.ByteOffset, tensor.Extents, image.Strides)));
            }

            Launch(inputs, parameter => parameter.Kind switch
            {
                KernelParameterKind.View => views[parameter.Name].View,
                KernelParameterKind.Functor => inputs.Functor(parameter, device, memories),
                _ => inputs.Scalars[parameter.Name],
            });
            return views.ToDictionary(view => view.Key, view => Read(view.Value.Memory));
        }
        finally
        {
            memories.ForEach(memory => memory.Dispose());
        }
    }

    private static string NameOf(Device device) => device.Kind == DeviceKind.Cpu
        ? $"Cpu {device.Info.VectorBits} x{device.Info.ComputeUnits}"
        : EmulatedCuda.IsEmulated(device) ? $"Cuda ({device.Name})" : device.Kind.ToString();

    private static byte[] Read(DeviceMemory memory)
    {
        var bytes = new byte[memory.ByteLength];
        memory.Read(0, bytes);
        return bytes;
    }

    private void Launch(KernelInputs inputs, Func<KernelParameterInfo, object> argument)
    {
        KernelDefinition kernel = inputs.Test.Kernel;
        string method = kernel.Name[(kernel.ClassName.Length + 1)..];
        MethodInfo overload = inputs.Test.Class.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Single(each => each.Name == method && each.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Device));
        if (overload.IsGenericMethodDefinition)
            overload = overload.MakeGenericMethod([.. kernel.TypeParameters.Zip(inputs.Test.TypeArguments, TypeOf)]);
        object?[] arguments = [device, .. kernel.Parameters.Where(each => each.Kind != KernelParameterKind.Schedule).Select(argument)];
        overload.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private static Type TypeOf(KernelTypeParameterInfo parameter, string name) =>
        parameter.IsFunctor ? NamedTypes.Find(name) : TensorElement.Find(name).Type;
}
