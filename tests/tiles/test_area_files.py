"""Areas are read from the files that GIS programs write, and what cannot be is refused in one sentence."""

import json
import sys

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping

from tiles.area_files import read_area_file
from tiles.errors import InvalidRegion
from tiles.polygon import read_polygon

ONE, TWO = shapely.box(10, 40, 11, 41), shapely.box(20, 50, 21, 51)
TEXT = json.dumps(mapping(ONE))
RING = "10,40,0 11,40,0 11,41,0 10,41,0 10,40,0"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)
KML = f"""<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>points</name><Placemark><Point><coordinates>1,1</coordinates></Point></Placemark></Folder>
<Folder><name>areas</name><Placemark><MultiGeometry><Point><coordinates>1,1</coordinates></Point>{POLYGON}</MultiGeometry>
</Placemark></Folder></Document></kml>"""


def area(path, content=None):
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_polygon(read_area_file(path))


def write_layer(path, shapes, crs="EPSG:4326", **options):
    raw = pytest.importorskip("pyogrio.raw")
    wkb = np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object)
    named = np.array([str(n) for n in range(len(shapes))], dtype=object)
    raw.write(path, wkb, [named], ["name"], geometry_type="Polygon", crs=crs, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_geojson_is_read_with_any_mark_before_it(tmp_path, encoding):
    assert area(tmp_path / "a.geojson", TEXT.encode(encoding)).equals(ONE)


@pytest.mark.parametrize("mark", ["", "\x1e"])
def test_geojson_is_read_with_one_object_a_line(tmp_path, mark):
    lines = "".join(f"{mark}{json.dumps(mapping(shape))}\n" for shape in (ONE, TWO))
    assert area(tmp_path / "a.geojsonl", lines).equals(shapely.union(ONE, TWO))


def test_every_layer_of_a_geopackage_is_read_and_empty_geometries_are_not(tmp_path):
    write_layer(tmp_path / "a.gpkg", [ONE, None], driver="GPKG", layer="one")
    write_layer(tmp_path / "a.gpkg", [TWO], driver="GPKG", layer="two", append=True)
    assert area(tmp_path / "a.gpkg").equals(shapely.union(ONE, TWO))


def test_a_geopackage_in_metres_is_turned_into_degrees(tmp_path):
    write_layer(tmp_path / "a.gpkg", [shapely.box(0, 0, 111319.49, 111325.14)], "EPSG:3857", driver="GPKG")
    assert area(tmp_path / "a.gpkg").bounds == pytest.approx((0, 0, 1, 1), abs=1e-4)


@pytest.mark.parametrize(("name", "driver"), [("a.shp", "ESRI Shapefile"), ("a.fgb", "FlatGeobuf")])
def test_other_vector_files_are_read(tmp_path, name, driver):
    write_layer(tmp_path / name, [ONE, TWO], driver=driver)
    assert area(tmp_path / name).equals(shapely.union(ONE, TWO))


def test_kml_is_read_folder_by_folder(tmp_path):
    pytest.importorskip("pyogrio")
    assert area(tmp_path / "a.kml", KML).equals(ONE)


def test_what_pyogrio_is_needed_for_says_so_without_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    with pytest.raises(
        InvalidRegion, match=r"a KML file, which needs pyogrio: pip install 'earshot\[areas\]'; or write"
    ):
        area(tmp_path / "a.kml", KML)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not JSON"),
        (b"POLYGON((0 0,1 1,1 0,0 0))", "GeoJSON, GeoPackage, KML, shapefiles and FlatGeobuf are read"),
        (b"[1, 2]", "is not a GeoJSON object"),
        (b"1\n2\n", "is not GeoJSON"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="a"/></OGRVRTDataSource>', "is not JSON"),
        (b"SQLite format 3\0 and no more", "is a GeoPackage that cannot be read"),
        (KML[:300].encode(), "is a KML file that cannot be read"),
    ],
)
def test_what_holds_no_areas_is_refused_by_its_name(tmp_path, content, complaint):
    with pytest.raises(InvalidRegion, match=rf"^polygon: .*({complaint})"):
        area(tmp_path / "a.file", content)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidRegion, match=r"polygon: cannot read .*a\.geojson: No such file"):
        area(tmp_path / "a.geojson")
