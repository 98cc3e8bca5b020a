namespace KernelFoundry;

/// <summary>A device of the OpenCL loader.</summary>
/// <param name="Handle">Its cl_device_id.</param>
/// <param name="Versions">Versions of its platform and of OpenCL: with the driver's, what a compiled program depends on.</param>
/// <param name="Info">What it is.</param>
internal sealed record OpenClDeviceId(nint Handle, string Versions, DeviceInfo Info);
