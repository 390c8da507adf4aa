"""Put scene, optics and camera together: a subject, its image, and the boxes in it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.dataset.records import AssetMetadata, Sex
from gapjunction.simulation.camera import compose, expose
from gapjunction.simulation.ground_truth import annotate, visibility_of
from gapjunction.simulation.imaging_model import (
    DENSITY_BY_DIAGNOSIS,
    STAININGS,
    Diagnosis,
    ImagingModel,
    Staining,
    Subjects,
    Triple,
)
from gapjunction.simulation.optics import (
    Footprint,
    draw_illumination,
    render_deep,
    render_footprint,
)
from gapjunction.simulation.scene import Scene, build_scene
from gapjunction.simulation.tissue import Emitters, FloatArray

DIAGNOSES: tuple[Diagnosis, ...] = ("healthy", "epilepsy")


@dataclass(frozen=True, slots=True)
class Subject:
    """Where an asset comes from, and what sets all its images apart from those of others.

    Attributes:
        density_factor: of the expected number of plaques; diagnosis and subject together.
        light_factor: of the brightness of everything stained.
    """

    metadata: AssetMetadata
    staining: Staining
    density_factor: float
    light_factor: float


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedImage:
    """An image (H, W, 3), RGB, its true boxes (N, 4) and how clear each is (N,)."""

    pixels: NDArray[np.uint8]
    boxes: BoxArray
    snr: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Expected photons: each visible plaque's in the connexin channel, all else (3, H, W)."""

    plaques: tuple[Footprint, ...]
    rest: FloatArray


def draw_subject(traits: Subjects, asset_index: int, rng: np.random.Generator) -> Subject:
    """Draw the subject of an asset; diagnosis and staining go round so that they stay balanced."""
    diagnosis = DIAGNOSES[asset_index % len(DIAGNOSES)]
    sex: Sex = "Female" if rng.random() < 0.5 else "Male"  # noqa: PLR2004 - one half
    metadata = AssetMetadata(
        species=traits.species,
        age_months=float(np.round(rng.uniform(*traits.age_months))),
        weight_kg=float(np.round(rng.uniform(*traits.weight_kg), 2)),
        sex=sex,
        localization=str(rng.choice(traits.localizations)),
        diagnosis=diagnosis,
    )
    return Subject(
        metadata,
        STAININGS[asset_index % len(STAININGS)],
        DENSITY_BY_DIAGNOSIS[diagnosis] * float(np.exp(rng.normal(0, traits.density_sd))),
        float(np.exp(rng.normal(0, traits.light_sd))),
    )


def simulate_image(
    model: ImagingModel, subject: Subject, size_px: int, rng: np.random.Generator
) -> SimulatedImage:
    """Draw a square field of tissue of a subject and take its picture."""
    side_um = size_px * model.optics.um_per_px
    scene = build_scene(model.tissue, side_um, subject.density_factor, rng)
    return photograph(model, subject, scene, size_px, rng)


def photograph(
    model: ImagingModel, subject: Subject, scene: Scene, size_px: int, rng: np.random.Generator
) -> SimulatedImage:
    """Take the picture of a scene, and mark the visible plaques in it."""
    light = draw_illumination(model.optics, size_px, rng)
    field = expect_photons(model, scene, subject.light_factor * light)
    photons = field.rest.copy()
    for plaque in field.plaques:
        add_light(photons, plaque, model.spectra.connexin)
    num_channels = len(subject.staining.colors)
    channels = expose(photons[:num_channels], model.camera, rng)
    annotations = annotate(field.plaques, field.rest[0], model.camera, model.visibility)
    pixels = compose(channels, np.array(subject.staining.colors))
    return SimulatedImage(pixels, annotations.boxes, annotations.snr)


def expect_photons(model: ImagingModel, scene: Scene, light: FloatArray) -> Field:
    """Return the photons to expect from a scene under a light (H, W), doubtful plaques left out."""
    rest = light_of_the_rest(model, scene, light)
    visible, specks = [], []
    for cloud in scene.plaques:
        plaque = image_plaque(model, cloud, light)
        clearness = visibility_of(plaque, rest[0], model.camera, model.visibility)
        if clearness >= 1:
            visible.append(plaque)
        elif clearness < model.visibility.doubtful:
            specks.append(plaque)
    for speck in specks:
        add_light(rest, speck, model.spectra.connexin)
    return Field(tuple(visible), rest)


def light_of_the_rest(model: ImagingModel, scene: Scene, light: FloatArray) -> FloatArray:
    """Return expected photons (3, H, W) of everything but the plaques in focus."""
    connexin_nm, gfap_nm, dna_nm = model.emission_nm
    spectra = model.spectra
    sources: list[tuple[Emitters, Triple, float]] = [
        (scene.defocused_plaques, spectra.connexin, connexin_nm),
        (scene.cytoplasm, spectra.cytoplasm, connexin_nm),
        (scene.processes, spectra.gfap, gfap_nm),
        (scene.nuclei, spectra.dna, dna_nm),
        (scene.lipofuscin, spectra.lipofuscin, gfap_nm),
        (scene.fibers, spectra.fibers, connexin_nm),
    ]
    size_px = len(light)
    rest = np.zeros((3, size_px, size_px))
    for cloud, spectrum, emission_nm in sources:
        if len(cloud) and any(spectrum):
            image = render_deep(cloud, model.optics, emission_nm, size_px)
            rest += np.array(spectrum)[:, None, None] * image
    return (rest * model.plaque_photons + model.background_photons) * light


def image_plaque(model: ImagingModel, cloud: Emitters, light: FloatArray) -> Footprint:
    """Return the expected photons of one plaque in the connexin channel."""
    plaque = render_footprint(cloud, model.optics, model.emission_nm[0], len(light))
    return replace(plaque, values=plaque.values * model.plaque_photons * light[plaque.window])


def add_light(photons: FloatArray, plaque: Footprint, spectrum: Triple) -> None:
    """Add the light of a plaque to the channels (3, H, W), in place."""
    photons[(slice(None), *plaque.window)] += np.array(spectrum)[:, None, None] * plaque.values
