"""ParaView: potential, current lines and contact of a lisei run.

As a macro: open fields.xdmf or one fields/NNNNNN.hdf, press Apply, leave it selected in the pipeline browser, then run this file
(Macros > Import new macro, once). With fields.xdmf the time controls go on working. scripts/render uses the same functions without
a window.

Lengths are shown in micrometres, potentials in millivolts; the half plane r > 0 is mirrored at the axis.
"""

from paraview import simple

MICRO = 1e6
CURRENT_LINES = 25
HALF_WIDTH = 3.0  # of the picture, in contact radii
ABOVE = 1.1  # shown above the contact plane, in contact radii: the lithium, and room for text


def contact_radius(source):
    """[m] at the instant shown, from the file itself."""
    array = source.FieldData.GetArray("contact_radius")
    if array is None:
        raise RuntimeError("this source carries no contact_radius: is it an output of lisei?")
    return array.GetRange()[0]


def colour_bar(view, table, title, position):
    bar = simple.GetScalarBar(table, view)
    bar.Title, bar.ComponentTitle = title, ""
    bar.TitleColor = bar.LabelColor = [0, 0, 0]
    bar.TitleFontSize, bar.LabelFontSize = font_size(view, 18), font_size(view, 16)
    bar.ScalarBarThickness = font_size(view, 16)
    bar.AutomaticLabelFormat, bar.LabelFormat, bar.RangeLabelFormat = 0, "%.3g", "%.3g"
    bar.WindowLocation = "Any Location"
    bar.Position, bar.ScalarBarLength = position, 0.2
    bar.Orientation = "Horizontal"
    bar.Visibility = 1


def font_size(view, size):
    """`size` is meant for a picture 1000 pixels high."""
    return max(6, round(size * view.ViewSize[1] / 1000))


def flat(display):
    """Colours as they are in the colour bar, without light and shade."""
    display.Ambient, display.Diffuse, display.Specular = 1.0, 0.0, 0.0


def mirrored(name, source):
    """`source` on the other side of the axis."""
    other = simple.Transform(registrationName=name, Input=source)
    other.Transform.Scale = [-1, 1, 1]
    return other


def at_rest(points):
    """Nothing but rounding errors: less than a picovolt between all cells."""
    low, high = points.PointData["potential (mV)"].GetRange()
    return high - low < 1e-9


def potential_range(points):
    low, high = points.PointData["potential (mV)"].GetRange()
    return (low - 1e-3, high + 1e-3) if at_rest(points) else (low, high)


def show_potential(view, source):
    """Potential in colours with equipotential lines; returns the pipeline object in micrometres and point data."""
    scaled = simple.Transform(registrationName="micrometres", Input=source)
    scaled.TransformAllInputVectors = 0  # the current density stays in A/m2
    scaled.Transform.Scale = [MICRO, MICRO, MICRO]
    millivolt = simple.Calculator(registrationName="millivolts", Input=scaled)
    millivolt.AttributeType, millivolt.ResultArrayName, millivolt.Function = "Cell Data", "potential (mV)", "potential*1000"
    points = simple.CellDatatoPointData(registrationName="at points", Input=millivolt)
    points.UpdatePipeline()
    whole = simple.Reflect(registrationName="potential", Input=points)
    whole.Plane, whole.Center = "X", 0.0
    display = simple.Show(whole, view)
    simple.ColorBy(display, ("POINTS", "potential (mV)"))
    flat(display)
    low, high = potential_range(points)
    table = simple.GetColorTransferFunction("potential (mV)")
    table.ApplyPreset("Cool to Warm" if low < 0 < high else "Viridis (matplotlib)", True)
    table.RescaleTransferFunction(low, high)
    colour_bar(view, table, "potential (mV)", [0.05, 0.82])
    if at_rest(points):
        return points
    lines = simple.Contour(registrationName="equipotential lines", Input=whole)
    lines.ContourBy = ["POINTS", "potential (mV)"]
    lines.Isosurfaces = [low + (high - low) * k / 12 for k in range(1, 12)]
    display = simple.Show(lines, view)
    simple.ColorBy(display, None)
    display.AmbientColor = display.DiffuseColor = [1, 1, 1]
    display.LineWidth, display.Opacity = 1.0, 0.6
    return points


def show_current_lines(view, points, radius):
    """Current lines through evenly spaced points just below the contact; `radius` in micrometres."""
    if at_rest(points):
        return
    largest = max(abs(bound) for bound in points.PointData["current_density"].GetRange(-1))
    tracer = simple.StreamTracer(registrationName="current lines", Input=points, SeedType="Line")
    tracer.Vectors = ["POINTS", "current_density"]
    tracer.IntegrationDirection = "BOTH"
    tracer.MaximumStreamlineLength = 20 * radius
    tracer.TerminalSpeed = 1e-9 * largest
    depth = -0.02 * radius
    tracer.SeedType.Point1, tracer.SeedType.Point2 = [0.02 * radius, depth, 0], [0.995 * radius, depth, 0]
    tracer.SeedType.Resolution = CURRENT_LINES - 1
    for lines in (tracer, mirrored("current lines, other side", tracer)):
        display = simple.Show(lines, view)
        simple.ColorBy(display, None)
        display.AmbientColor = display.DiffuseColor = [0.05, 0.05, 0.05]
        display.LineWidth = 1.5


def show_sei_block(view, points):
    """Outline of the layers above z = 0 (the resolved SEI), if there are any."""
    if points.GetDataInformation().GetBounds()[3] <= 0:
        return
    block = simple.Clip(registrationName="SEI", Input=points)
    block.ClipType = "Plane"
    block.ClipType.Origin, block.ClipType.Normal = [0, 0, 0], [0, -1, 0]
    whole = simple.Reflect(registrationName="SEI, both sides", Input=block)
    whole.Plane, whole.Center = "X", 0.0
    display = simple.Show(whole, view)
    display.Representation = "Surface With Edges"
    simple.ColorBy(display, ("POINTS", "potential (mV)"))
    flat(display)
    simple.GetColorTransferFunction("potential (mV)").RescaleTransferFunction(*potential_range(points))


def show_time(view, source, text):
    label = simple.Text(registrationName="instant", Text=text) if text else \
        simple.AnnotateTimeFilter(registrationName="instant", Input=source, Format="t = {time:.4g} s")
    display = simple.Show(label, view)
    display.Color = [0, 0, 0]
    display.FontSize = font_size(view, 16)
    display.Justification = "Left"
    display.WindowLocation = "Upper Left Corner"


def set_camera(view, radius):
    """Look at the contact, `radius` in micrometres, from a few radii."""
    view.InteractionMode = "2D"
    view.CameraParallelProjection = 1
    half_height = HALF_WIDTH * radius * view.ViewSize[1] / view.ViewSize[0]
    middle = ABOVE * radius - half_height
    view.CameraFocalPoint = [0, middle, 0]
    view.CameraPosition = [0, middle, 100 * radius]
    view.CameraViewUp = [0, 1, 0]
    view.CameraParallelScale = half_height


def prepare_view(view):
    view.UseColorPaletteForBackground = 0
    view.Background = [1, 1, 1]
    view.OrientationAxesVisibility = 0


def show_all(view, source, text=""):
    """Everything that a field file holds. Returns the contact radius in micrometres."""
    source.UpdatePipeline(view.ViewTime)
    radius = MICRO * contact_radius(source)
    prepare_view(view)
    points = show_potential(view, source)
    show_current_lines(view, points, radius)
    show_sei_block(view, points)
    show_time(view, source, text)
    simple.Hide(source, view)
    set_camera(view, radius)
    return radius


if __name__ == "__main__":
    chosen = simple.GetActiveSource()
    if chosen is None:
        raise RuntimeError("open fields.xdmf or a file of fields/ and select it first")
    active_view = simple.GetActiveViewOrCreate("RenderView")
    simple.Render(active_view)  # ParaView points the camera itself the first time
    show_all(active_view, chosen)
    simple.Render(active_view)
